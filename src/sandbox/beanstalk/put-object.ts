import type { Region } from "../region.ts";
import { storeObject } from "../s3/store-object.ts";
import { ensureStorageBucket } from "./storage-bucket.ts";

/** Puts an object into the account's bucket, as Beanstalk itself does; answers where it is. */
export async function putObject(
  region: Region,
  key: string,
  { bytes, contentType }: { readonly bytes: Buffer; readonly contentType: string },
): Promise<{ readonly bucket: string; readonly key: string }> {
  const bucket = await ensureStorageBucket(region);
  await storeObject(region, bucket, key, bytes, contentType);
  return { bucket, key };
}
