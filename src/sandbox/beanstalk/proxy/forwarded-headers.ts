import { randomBytes } from "node:crypto";
import type { IncomingHttpHeaders, IncomingMessage, OutgoingHttpHeaders } from "node:http";

/** Headers that concern one connection and not the request. */
const HOP_BY_HOP = new Set([
  "connection",
  "keep-alive",
  "proxy-authenticate",
  "proxy-authorization",
  "proxy-connection",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
]);

/** Headers without those that concern one connection. */
export function endToEnd(headers: IncomingHttpHeaders): OutgoingHttpHeaders {
  const named = new Set((headers.connection ?? "").split(",").map((name) => name.trim().toLowerCase()));
  return Object.fromEntries(
    Object.entries(headers).filter(([name]) => !HOP_BY_HOP.has(name) && !named.has(name)),
  );
}

/** `Root=1-67891233-abcdef012345678912345678`, as a load balancer marks requests. */
function traceId(): string {
  return `Root=1-${Math.floor(Date.now() / 1000).toString(16)}-${randomBytes(12).toString("hex")}`;
}

/** The headers that the application gets: the client's, and what load balancer and nginx say of the client. */
export function forwardedHeaders(request: IncomingMessage, balanced: boolean): OutgoingHttpHeaders {
  const client = request.socket.remoteAddress ?? "127.0.0.1";
  const before = request.headers["x-forwarded-for"];
  const chain = typeof before === "string" && before !== "" ? `${before}, ${client}` : client;
  return {
    ...endToEnd(request.headers),
    "x-real-ip": client,
    "x-forwarded-for": chain,
    "x-forwarded-proto": "http",
    "x-forwarded-port": String(request.socket.localPort ?? 80),
    ...(balanced ? { "x-amzn-trace-id": request.headers["x-amzn-trace-id"] ?? traceId() } : {}),
  };
}
