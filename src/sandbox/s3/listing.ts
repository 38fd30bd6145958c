import { ServiceError } from "../wire/operation.ts";
import type { Bucket, StoredObject } from "./state.ts";

/** What is listed of a bucket. */
export interface ListingRequest {
  readonly prefix: string;
  readonly delimiter: string | undefined;
  /** Only what comes after this key, or after everything below this common prefix. */
  readonly after: string | undefined;
  readonly maxKeys: number;
}

/** A page of a listing: objects and common prefixes count alike. */
export interface Listing {
  readonly objects: readonly StoredObject[];
  readonly prefixes: readonly string[];
  readonly truncated: boolean;
  /** The last key or common prefix of the page. */
  readonly last: string | undefined;
}

/** Lists a bucket in the order of the keys' UTF-8 bytes. */
export function list(bucket: Bucket, request: ListingRequest): Listing {
  const { prefix, delimiter, after, maxKeys } = request;
  const keys = [...bucket.objects.keys()]
    .filter((key) => key.startsWith(prefix))
    .toSorted((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
  const objects: StoredObject[] = [];
  const prefixes: string[] = [];
  let last: string | undefined;
  for (const key of keys) {
    const cut = delimiter ? key.indexOf(delimiter, prefix.length) : -1;
    const common = cut === -1 ? undefined : key.slice(0, cut + delimiter!.length);
    const entry = common ?? key;
    if (common !== undefined && common === prefixes.at(-1)) continue;
    if (
      after !== undefined &&
      (compare(entry, after) <= 0 || (common === undefined && compare(key, after) <= 0))
    ) {
      continue;
    }
    if (objects.length + prefixes.length >= maxKeys)
      return { objects, prefixes, truncated: maxKeys > 0, last };
    if (common === undefined) objects.push(bucket.objects.get(key)!);
    else prefixes.push(common);
    last = entry;
  }
  return { objects, prefixes, truncated: false, last };
}

/** The number of entries of a page: at most 1,000. Throws `InvalidArgument`. */
export function readMaxKeys(maxKeys: number | undefined): number {
  if (maxKeys !== undefined && (!Number.isInteger(maxKeys) || maxKeys < 0)) {
    throw new ServiceError("InvalidArgument", "Argument maxKeys must be an integer between 0 and 2147483647");
  }
  return Math.min(maxKeys ?? 1000, 1000);
}

/** Keys as a listing writes them: percent-encoded where the client asked for that. */
export function keyWriter(encodingType: string | undefined): (key: string) => string {
  if (encodingType !== "url") return (key) => key;
  return (key) => encodeURIComponent(key).replaceAll("%2F", "/");
}

/** An object as an entry of a listing. */
export function listEntry(object: StoredObject, write: (key: string) => string) {
  return {
    Key: write(object.key),
    LastModified: object.lastModified,
    ETag: object.etag,
    Size: object.size,
    StorageClass: "STANDARD" as const,
    ...(object.checksum
      ? { ChecksumAlgorithm: [object.checksum.name], ChecksumType: object.checksum.type }
      : {}),
  };
}

function compare(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}
