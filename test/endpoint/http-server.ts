import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { onTestFinished } from "vitest";

/** What a handmade server answers. */
export interface Reply {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

/** Reads the question and says the answer; the path comes with it. */
export type Handler = (path: string, body: any) => Reply;

/** A real HTTP server that answers as told, closed when the test is over; answers its URL. */
export async function serveReplies(handler: Handler): Promise<string> {
  const server = createServer((request, response) => {
    void bodyOf(request).then((text) => {
      const {
        status = 200,
        headers = {},
        body = {},
      } = handler(request.url ?? "/", text === "" ? undefined : JSON.parse(text));
      response.writeHead(status, { "content-type": "application/json", ...headers });
      response.end(typeof body === "string" ? body : JSON.stringify(body));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  let text = "";
  for await (const chunk of request) text += String(chunk);
  return text;
}

/** A service that answers correctly with made-up similarities; tests spoil parts of it. */
export function honest(
  change: (reply: Reply, path: string, body: any) => Reply = (reply) => reply,
  instance = "i-1",
): Handler {
  const headers = {
    "x-bertops-model": "bert",
    "x-bertops-model-version": "v1",
    "x-bertops-instance": instance,
  };
  return (path, body) => {
    if (path === "/readyz") return change({ headers, body: { status: "ready" } }, path, body);
    if (!Array.isArray(body?.texts)) {
      const error = { reason: "invalid-field", message: "`texts` is missing.", hint: "" };
      return change({ status: 422, headers, body: { error } }, path, body);
    }
    const sims = body.texts.map((text: string) => (text === body.target ? 1 : 0.5));
    return change(
      { headers, body: { context: { target: body.target, texts: body.texts, sims } } },
      path,
      body,
    );
  };
}
