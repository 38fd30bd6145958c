import { randomUUID, createHash } from "node:crypto";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Region } from "../region.ts";
import { findBucket } from "./buckets.ts";
import { objectHeaders, putInPlace } from "./objects.ts";
import { wholeSecond } from "./put-object.ts";
import type { StoredObject } from "./state.ts";

/** Stores an object for a service of the region, such as Beanstalk's logs. Throws `NoSuchBucket`. */
export async function storeObject(
  region: Region,
  bucketName: string,
  key: string,
  bytes: Uint8Array,
  contentType = "binary/octet-stream",
): Promise<StoredObject> {
  const bucket = findBucket(region, bucketName);
  const file = join(bucket.directory, randomUUID());
  await writeFile(file, bytes);
  const object: StoredObject = {
    ...objectHeaders({ ContentType: contentType }),
    key,
    size: bytes.length,
    etag: `"${createHash("md5").update(bytes).digest("hex")}"`,
    lastModified: wholeSecond(),
    checksum: undefined,
    file,
  };
  await putInPlace(bucket, object);
  return object;
}
