import { createHash } from "node:crypto";
import type { WireRequest } from "./request.ts";

/** What a Signature Version 4 covers of a request, given the headers that the client named. */
export function canonicalRequest(
  request: Pick<WireRequest, "method" | "path" | "query" | "headers">,
  options: {
    readonly signedHeaders: readonly string[];
    readonly payloadHash: string;
    /** S3 signs the path as it is; every other service signs it encoded once more. */
    readonly encodePath: boolean;
  },
): string {
  return [
    request.method,
    options.encodePath ? request.path.split("/").map(encode).join("/") : request.path,
    canonicalQuery(request),
    ...options.signedHeaders.map((name) => `${name}:${headerValue(request, name)}`),
    "",
    options.signedHeaders.join(";"),
    options.payloadHash,
  ].join("\n");
}

/** Hex SHA-256. */
export function sha256(data: string | Uint8Array): string {
  return createHash("sha256").update(data).digest("hex");
}

function headerValue(request: Pick<WireRequest, "headers">, name: string): string {
  return (request.headers[name] ?? "").trim().replace(/\s+/g, " ");
}

function canonicalQuery(request: Pick<WireRequest, "query">): string {
  return request.query
    .filter(([name]) => name !== "X-Amz-Signature")
    .map(([name, value]) => [encode(name), encode(value)] as const)
    .toSorted(([nameA, valueA], [nameB, valueB]) => compare(nameA, nameB) || compare(valueA, valueB))
    .map(([name, value]) => `${name}=${value}`)
    .join("&");
}

function compare(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

function encode(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}
