import { createServer, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { pipeline } from "node:stream/promises";
import { Readable } from "node:stream";
import { WebSocketServer } from "ws";
import { inventory } from "./inventory.ts";
import { acceptTunnel } from "./ec2-instance-connect/open-tunnel.ts";
import type { Region } from "./region.ts";
import { SERVICES } from "./services.ts";
import { dispatch } from "./wire/dispatch.ts";
import { readRequest, type WireRequest, type WireResponse } from "./wire/request.ts";

/** The region's one HTTP endpoint, listening before the region exists: the region has to know its port. */
export interface Endpoint {
  readonly port: number;
  /** From here on requests are answered. */
  serve(region: Region): void;
  close(): Promise<void>;
}

/** Listens on 127.0.0.1; port 0 takes a free one. */
export async function openEndpoint(port: number): Promise<Endpoint> {
  let region: Region | undefined;
  const server = createServer((message, response) => {
    const answering = region
      ? answer(region, message).then((result) => send(response, result))
      : send(response, { status: 503, headers: {}, body: "The sandbox is starting.\n" });
    // A client that goes away in the middle is no fault of the region's.
    answering.catch(() => response.destroy());
  });
  // Uploads over slow links may take long, and `keep-alive` connections of a client outlive its pauses.
  server.requestTimeout = 0;
  server.keepAliveTimeout = 60_000;
  const tunnels = new WebSocketServer({ noServer: true, perMessageDeflate: false });
  server.on("upgrade", (message, socket, head) => {
    if (region === undefined) socket.destroy();
    else acceptTunnel(region, tunnels, { message, socket, head });
  });
  await listen(server, port);
  return {
    port: (server.address() as AddressInfo).port,
    serve(served) {
      region = served;
    },
    close() {
      for (const client of tunnels.clients) client.terminate();
      return close(server);
    },
  };
}

async function answer(region: Region, message: Parameters<typeof readRequest>[0]): Promise<WireResponse> {
  let request: WireRequest;
  try {
    request = readRequest(message);
  } catch (error) {
    return { status: 400, headers: {}, body: `${error instanceof Error ? error.message : String(error)}\n` };
  }
  return unsigned(region, request) ?? dispatch(region, SERVICES, request);
}

/** Two pages of the sandbox's own: what checkip.amazonaws.com answers, and everything that exists. */
function unsigned(region: Region, request: WireRequest): WireResponse | undefined {
  if (request.method !== "GET" || request.headers.authorization !== undefined || request.query.length > 0) {
    return undefined;
  }
  if (request.path === "/checkip") {
    return { status: 200, headers: { "content-type": "text/plain" }, body: `${request.sourceAddress}\n` };
  }
  if (request.path !== "/inventory") return undefined;
  // A page in a browser could reach this port under a name of its own; it must not read the region.
  if (!/^(?:127(?:\.\d+){3}|localhost|\[::1\])(?::\d+)?$/.test(request.headers.host ?? "")) {
    return { status: 403, headers: {}, body: "Only by a loopback address.\n" };
  }
  const body = `${JSON.stringify(inventory(region), null, 2)}\n`;
  return { status: 200, headers: { "content-type": "application/json" }, body };
}

async function send(response: ServerResponse, result: WireResponse): Promise<void> {
  const { body } = result;
  const request = response.req;
  const length = body instanceof Readable ? undefined : Buffer.byteLength(body);
  // What a refused upload still has to say is not worth reading.
  if (!request.complete) response.setHeader("connection", "close");
  if (length !== undefined && result.headers["content-length"] === undefined && result.status !== 304) {
    response.setHeader("content-length", length);
  }
  response.writeHead(result.status, {
    date: new Date().toUTCString(),
    server: "bertops-sandbox",
    ...result.headers,
  });
  if (body instanceof Readable) await pipeline(body, response);
  else response.end(request.method === "HEAD" ? undefined : body);
  if (!request.complete) request.resume();
}

function listen(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, "127.0.0.1", () => {
      server.off("error", reject);
      resolve();
    });
  });
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
