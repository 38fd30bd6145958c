import { createServer, request as send } from "node:http";
import type { AddressInfo } from "node:net";

/** One request that went by, and its answer. */
export interface Exchange {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: Buffer;
  readonly status: number;
  readonly answerHeaders: Readonly<Record<string, string | string[] | undefined>>;
  readonly answer: Buffer;
}

/** Passes everything on as it is, the Host header too (it is signed), and keeps what went by. */
export async function openRecordingProxy(target: string) {
  const exchanges: Exchange[] = [];
  const { port } = new URL(target);
  const server = createServer((incoming, outgoing) => {
    const chunks: Buffer[] = [];
    incoming.on("data", (chunk: Buffer) => chunks.push(chunk));
    incoming.on("end", () => {
      const body = Buffer.concat(chunks);
      const { method = "GET", url = "/", headers } = incoming;
      const { expect: _answeredHere, ...passed } = headers;
      const onward = send({ host: "127.0.0.1", port, method, path: url, headers: passed }, (response) => {
        const parts: Buffer[] = [];
        response.on("data", (chunk: Buffer) => parts.push(chunk));
        response.on("end", () => {
          const answer = Buffer.concat(parts);
          const status = response.statusCode ?? 0;
          exchanges.push({ method, url, headers, body, status, answerHeaders: response.headers, answer });
          outgoing.writeHead(status, response.headers).end(answer);
        });
      });
      onward.on("error", (error) => outgoing.destroy(error));
      onward.end(body);
    });
  });
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", resolve);
  });
  return {
    exchanges,
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
