import { createHash, randomUUID } from "node:crypto";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Region } from "../region.ts";
import { ensureStorageBucket } from "./storage-bucket.ts";

/** Puts an object into the account's bucket, as Beanstalk itself does; answers where it is. */
export async function putObject(
  region: Region,
  key: string,
  { bytes, contentType }: { readonly bytes: Buffer; readonly contentType: string },
): Promise<{ readonly bucket: string; readonly key: string }> {
  const bucketName = await ensureStorageBucket(region);
  const bucket = region.s3.buckets.get(bucketName);
  if (bucket === undefined) {
    throw new Error(`The bucket ${bucketName} was deleted meanwhile.`);
  }
  const file = join(bucket.directory, `beanstalk-${randomUUID()}`);
  await writeFile(file, bytes);
  bucket.objects.set(key, {
    key,
    size: bytes.length,
    etag: `"${createHash("md5").update(bytes).digest("hex")}"`,
    lastModified: new Date(),
    checksum: undefined,
    file,
    contentType,
    contentEncoding: undefined,
    contentDisposition: undefined,
    contentLanguage: undefined,
    cacheControl: undefined,
    metadata: {},
  });
  return { bucket: bucketName, key };
}
