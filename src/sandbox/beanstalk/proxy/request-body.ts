import type { IncomingMessage } from "node:http";

/** Bodies up to here are read before they are sent on, so that a request can be sent once more. */
const BUFFERED = 2 ** 20;

/** A request's body: read already, or to be streamed. */
export type RequestBody =
  | { readonly kind: "buffered"; readonly bytes: Buffer }
  | { readonly kind: "streamed" }
  | { readonly kind: "too-large" };

/** The body's announced length; undefined where it comes in chunks. */
function announced(request: IncomingMessage): number | undefined {
  const length = request.headers["content-length"];
  if (length !== undefined) {
    return Number(length);
  }
  return request.headers["transfer-encoding"] === undefined ? 0 : undefined;
}

/** Is a body of this request larger than the limit, as far as its headers say? A limit of 0 admits any. */
export function exceeds(request: IncomingMessage, limit: number): boolean {
  return limit > 0 && (announced(request) ?? 0) > limit;
}

/** Takes a request's body as nginx does: refuses one beyond the limit, reads a small one, leaves a large one to stream. */
export async function takeBody(request: IncomingMessage, limit: number): Promise<RequestBody> {
  if (exceeds(request, limit)) {
    return { kind: "too-large" };
  }
  const length = announced(request);
  if (length === 0) {
    return { kind: "buffered", bytes: Buffer.alloc(0) };
  }
  if (length !== undefined && length > BUFFERED) {
    return { kind: "streamed" };
  }
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request.iterator({ destroyOnReturn: false })) {
    chunks.push(chunk as Buffer);
    size += (chunk as Buffer).length;
    if (limit > 0 && size > limit) {
      return { kind: "too-large" };
    }
  }
  return { kind: "buffered", bytes: Buffer.concat(chunks) };
}
