import type { IncomingMessage } from "node:http";
import type { Readable } from "node:stream";
import { ServiceError } from "./operation.ts";

/** A request as it came in, before anybody knows which service it is for. */
export interface WireRequest {
  readonly method: string;
  /** Still percent-encoded, without the query: what was signed. */
  readonly path: string;
  /** Decoded, in the order they came. */
  readonly query: readonly (readonly [string, string])[];
  /** By lower-case name. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Readable;
  readonly sourceAddress: string;
}

/** A request whose body has been read. */
export interface BufferedRequest extends WireRequest {
  readonly bytes: Buffer;
}

/** What goes back. */
export interface WireResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Uint8Array | Readable;
}

/** The first value of a query parameter. */
export function queryValue(request: WireRequest, name: string): string | undefined {
  return request.query.find(([key]) => key === name)?.[1];
}

/** Reads the head of an HTTP request. Throws `InvalidURI` 400. */
export function readRequest(message: IncomingMessage): WireRequest {
  const url = message.url ?? "/";
  const mark = url.indexOf("?");
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(message.headers)) {
    if (value !== undefined) headers[name] = Array.isArray(value) ? value.join(",") : value;
  }
  return {
    method: message.method ?? "GET",
    path: mark === -1 ? url : url.slice(0, mark),
    query: mark === -1 ? [] : parseQuery(url.slice(mark + 1)),
    headers,
    body: message,
    sourceAddress: (message.socket.remoteAddress ?? "").replace(/^::ffff:/, ""),
  };
}

function parseQuery(text: string): [string, string][] {
  return text
    .split("&")
    .filter((part) => part !== "")
    .map((part) => {
      const equals = part.indexOf("=");
      return equals === -1
        ? [decode(part), ""]
        : [decode(part.slice(0, equals)), decode(part.slice(equals + 1))];
    });
}

/** Percent-decodes a part of a URL. Throws `InvalidURI` 400. */
export function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw new ServiceError("InvalidURI", "Couldn't parse the specified URI.");
  }
}

/** Reads a whole body into memory. Throws `RequestEntityTooLarge` 413 past `limit` bytes. */
export async function collect(body: Readable, limit: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of body as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > limit) {
      throw new ServiceError("RequestEntityTooLarge", `Request size exceeded ${limit} bytes`, 413);
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
