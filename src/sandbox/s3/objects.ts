import { rm } from "node:fs/promises";
import { ServiceError } from "../wire/operation.ts";
import type { Bucket, ObjectHeaders, StoredObject } from "./state.ts";

/** What a request says about the object that it makes. */
export interface ObjectRequest {
  readonly ContentType?: string | undefined;
  readonly ContentEncoding?: string | undefined;
  readonly ContentDisposition?: string | undefined;
  readonly ContentLanguage?: string | undefined;
  readonly CacheControl?: string | undefined;
  readonly Metadata?: Record<string, string> | undefined;
}

/** The headers to keep of a request. */
export function objectHeaders(request: ObjectRequest): ObjectHeaders {
  return {
    contentType: request.ContentType,
    contentEncoding: request.ContentEncoding,
    contentDisposition: request.ContentDisposition,
    contentLanguage: request.ContentLanguage,
    cacheControl: request.CacheControl,
    metadata: { ...request.Metadata },
  };
}

/** Puts an object in its place; the file of the one before it goes. */
export async function putInPlace(bucket: Bucket, object: StoredObject): Promise<void> {
  const before = bucket.objects.get(object.key);
  bucket.objects.set(object.key, object);
  if (before) await rm(before.file, { force: true });
}

/** Removes an object, if it is there. */
export async function removeObject(bucket: Bucket, key: string): Promise<void> {
  const object = bucket.objects.get(key);
  if (!object) return;
  bucket.objects.delete(key);
  await rm(object.file, { force: true });
}

/** Checks a key's length, and what the client demands of the object that is there now. */
export function checkWrite(
  bucket: Bucket,
  key: string,
  condition: { readonly IfMatch?: string | undefined; readonly IfNoneMatch?: string | undefined },
): void {
  if (Buffer.byteLength(key) > 1024) throw new ServiceError("KeyTooLongError", "Your key is too long");
  const existing = bucket.objects.get(key);
  if (condition.IfMatch !== undefined && !existing) {
    throw new ServiceError("NoSuchKey", "The specified key does not exist.", 404, { Key: key });
  }
  const unlike = condition.IfMatch !== undefined && !sameEtag(condition.IfMatch, existing!.etag);
  if (unlike || (condition.IfNoneMatch === "*" && existing)) {
    throw new ServiceError(
      "PreconditionFailed",
      "At least one of the pre-conditions you specified did not hold",
      412,
      { Condition: unlike ? "If-Match" : "If-None-Match" },
    );
  }
}

/** Are two entity tags the same, with or without quotes? */
export function sameEtag(a: string, b: string): boolean {
  return a === "*" || a.replaceAll('"', "") === b.replaceAll('"', "");
}
