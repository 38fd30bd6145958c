import {
  CompleteMultipartUpload$,
  type CompleteMultipartUploadOutput,
  type CompleteMultipartUploadRequest,
} from "@aws-sdk/client-s3";
import { createHash } from "node:crypto";
import { rm } from "node:fs/promises";
import { type Operation, ServiceError } from "../wire/operation.ts";
import { assembleParts, chooseParts } from "./assemble-parts.ts";
import { findBucket } from "./buckets.ts";
import { givenChecksum, showChecksum } from "./checksum-members.ts";
import { checkWrite, putInPlace } from "./objects.ts";
import { wholeSecond } from "./put-object.ts";
import { findUpload } from "./uploads.ts";

/** CompleteMultipartUpload: the parts that the request lists become the object. */
export const completeMultipartUpload: Operation<
  CompleteMultipartUploadRequest,
  CompleteMultipartUploadOutput
> = {
  schema: CompleteMultipartUpload$,
  async run(region, input) {
    const bucket = findBucket(region, input.Bucket!);
    const upload = findUpload(bucket, input.Key!, input.UploadId!);
    const parts = chooseParts(upload, input.MultipartUpload?.Parts ?? []);
    checkWrite(bucket, upload.key, input);
    const { file, checksum } = await assembleParts(bucket, upload, parts);
    const given = givenChecksum(input);
    if (given && checksum && given.value !== checksum.value) {
      await rm(file, { force: true });
      throw new ServiceError(
        "BadDigest",
        `The ${given.name} you specified did not match the calculated checksum.`,
      );
    }
    bucket.uploads.delete(upload.uploadId);
    const digests = parts.map((part) => Buffer.from(part.etag.replaceAll('"', ""), "hex"));
    const etag = `"${createHash("md5").update(Buffer.concat(digests)).digest("hex")}-${parts.length}"`;
    await putInPlace(bucket, {
      key: upload.key,
      contentType: upload.contentType,
      contentEncoding: upload.contentEncoding,
      contentDisposition: upload.contentDisposition,
      contentLanguage: upload.contentLanguage,
      cacheControl: upload.cacheControl,
      metadata: upload.metadata,
      size: parts.reduce((sum, part) => sum + part.size, 0),
      etag,
      lastModified: wholeSecond(),
      checksum,
      file,
    });
    await Promise.all([...upload.parts.values()].map((part) => rm(part.file, { force: true })));
    return {
      Location: `${region.endpoint}/${bucket.name}/${upload.key}`,
      Bucket: bucket.name,
      Key: upload.key,
      ETag: etag,
      ServerSideEncryption: "AES256",
      ...showChecksum(checksum),
    };
  },
};
