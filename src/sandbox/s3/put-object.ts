import { PutObject$, type PutObjectOutput, type PutObjectRequest } from "@aws-sdk/client-s3";
import type { Operation } from "../wire/operation.ts";
import { findBucket } from "./buckets.ts";
import { showChecksum } from "./checksum-members.ts";
import { checkWrite, objectHeaders, putInPlace } from "./objects.ts";
import { receiveBody } from "./receive-body.ts";

/** PutObject: appears whole, or not at all. */
export const putObject: Operation<PutObjectRequest, PutObjectOutput> = {
  schema: PutObject$,
  async run(region, input) {
    const bucket = findBucket(region, input.Bucket!);
    const key = input.Key!;
    checkWrite(bucket, key, input);
    const { file, size, md5, checksum } = await receiveBody(bucket, input);
    // Another request may have put the object meanwhile.
    checkWrite(bucket, key, input);
    const etag = `"${md5}"`;
    await putInPlace(bucket, {
      ...objectHeaders(input),
      key,
      size,
      etag,
      lastModified: wholeSecond(),
      checksum,
      file,
    });
    return { ETag: etag, ServerSideEncryption: "AES256", ...showChecksum(checksum) };
  },
};

/** HTTP dates have no fractions; S3 rounds the time that it keeps. */
export function wholeSecond(): Date {
  return new Date(Math.floor(Date.now() / 1000) * 1000);
}
