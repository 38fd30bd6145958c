import { CopyObject$, type CopyObjectOutput, type CopyObjectRequest } from "@aws-sdk/client-s3";
import { randomUUID } from "node:crypto";
import { copyFile } from "node:fs/promises";
import { join } from "node:path";
import { type Operation, ServiceError } from "../wire/operation.ts";
import { decode } from "../wire/request.ts";
import { findBucket, findObject } from "./buckets.ts";
import { showChecksum } from "./checksum-members.ts";
import { checkRead } from "./check-read.ts";
import { checkWrite, objectHeaders, putInPlace } from "./objects.ts";
import { wholeSecond } from "./put-object.ts";

/** CopyObject within the region. */
export const copyObject: Operation<CopyObjectRequest, CopyObjectOutput> = {
  schema: CopyObject$,
  async run(region, input) {
    const bucket = findBucket(region, input.Bucket!);
    const match = /^\/?([^/]+)\/(.+)$/.exec(decode(input.CopySource!));
    if (!match)
      throw new ServiceError("InvalidArgument", "Copy Source must mention the source bucket and key");
    const source = findObject(region, match[1]!, match[2]!);
    checkRead(source, {
      IfMatch: input.CopySourceIfMatch,
      IfNoneMatch: input.CopySourceIfNoneMatch,
      IfModifiedSince: input.CopySourceIfModifiedSince,
      IfUnmodifiedSince: input.CopySourceIfUnmodifiedSince,
    });
    const key = input.Key!;
    checkWrite(bucket, key, input);
    const replace = input.MetadataDirective === "REPLACE";
    if (!replace && bucket.objects.get(key) === source) {
      throw new ServiceError(
        "InvalidRequest",
        "This copy request is illegal because it is trying to copy an object to itself without changing the object's metadata, storage class, website redirect location or encryption attributes.",
      );
    }
    const file = join(bucket.directory, randomUUID());
    await copyFile(source.file, file);
    const lastModified = wholeSecond();
    await putInPlace(bucket, {
      ...source,
      ...(replace ? objectHeaders(input) : {}),
      key,
      file,
      lastModified,
    });
    return {
      CopyObjectResult: { ETag: source.etag, LastModified: lastModified, ...showChecksum(source.checksum) },
      ServerSideEncryption: "AES256",
    };
  },
};
