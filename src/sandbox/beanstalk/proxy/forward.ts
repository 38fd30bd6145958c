import {
  request as httpRequest,
  type Agent,
  type ClientRequest,
  type IncomingMessage,
  type ServerResponse,
} from "node:http";
import { pipeline } from "node:stream";
import { endToEnd, forwardedHeaders } from "./forwarded-headers.ts";
import { answerFor } from "./gateway-answer.ts";
import type { ProxyTarget } from "./proxy-target.ts";
import { takeBody, type RequestBody } from "./request-body.ts";

/** What every request is sent on with. */
export interface ForwardOptions {
  readonly agent: Agent;
  readonly balanced: boolean;
}

function open(
  request: IncomingMessage,
  target: ProxyTarget,
  { options, body }: { readonly options: ForwardOptions; readonly body: RequestBody },
): ClientRequest {
  const headers = forwardedHeaders(request, options.balanced);
  if (body.kind === "buffered" && request.headers["transfer-encoding"] !== undefined) {
    headers["content-length"] = body.bytes.length;
  }
  return httpRequest({
    host: "127.0.0.1",
    port: target.port,
    method: request.method,
    path: request.url,
    headers,
    // A streamed body can't be sent again, so it never goes over a connection that may just have been closed.
    agent: body.kind === "streamed" ? false : options.agent,
    timeout: target.rules.readTimeout,
  });
}

/** Resolves when the exchange is over, with the status that the client saw. */
function exchange(
  request: IncomingMessage,
  response: ServerResponse,
  {
    target,
    options,
    body,
  }: { readonly target: ProxyTarget; readonly options: ForwardOptions; readonly body: RequestBody },
): Promise<"done" | "stale"> {
  return new Promise((resolve) => {
    const upstream = open(request, target, { options, body });
    let timedOut = false;
    const clientLeft = (): void => {
      upstream.destroy();
      resolve("done");
    };
    response.once("close", clientLeft);
    upstream.on("timeout", () => {
      timedOut = true;
      upstream.destroy();
    });
    upstream.on("error", () => {
      const stale = upstream.reusedSocket && body.kind === "buffered" && !response.headersSent && !timedOut;
      if (stale && !response.destroyed) {
        response.off("close", clientLeft);
        resolve("stale");
        return;
      }
      answerFor("nginx", timedOut ? 504 : 502, response);
    });
    upstream.on("response", (answer) => {
      response.writeHead(answer.statusCode ?? 502, { ...endToEnd(answer.headers), server: "nginx" });
      // Headers go out before the body's first byte: a stream may stay silent for long.
      response.flushHeaders();
      pipeline(answer, response, () => {
        resolve("done");
      });
    });
    if (body.kind === "buffered") {
      upstream.end(body.bytes);
    } else {
      request.pipe(upstream);
    }
  });
}

/** Sends a request on to an instance as its nginx does, and the answer back. Never throws. */
export async function forward(
  request: IncomingMessage,
  response: ServerResponse,
  { target, options }: { readonly target: ProxyTarget; readonly options: ForwardOptions },
): Promise<void> {
  let body: RequestBody;
  try {
    body = await takeBody(request, target.rules.maxBody);
  } catch {
    // The client left in the middle of its body.
    response.destroy();
    return;
  }
  if (body.kind === "too-large") {
    answerFor("nginx", 413, response);
    return;
  }
  for (;;) {
    if ((await exchange(request, response, { target, options, body })) === "done") {
      return;
    }
  }
}
