import { UploadPart$, type UploadPartOutput, type UploadPartRequest } from "@aws-sdk/client-s3";
import { rm } from "node:fs/promises";
import { type Operation, ServiceError } from "../wire/operation.ts";
import { findBucket } from "./buckets.ts";
import { showChecksum } from "./checksum-members.ts";
import { receiveBody } from "./receive-body.ts";
import { findUpload } from "./uploads.ts";

/** UploadPart; a part number that is used again replaces the part. */
export const uploadPart: Operation<UploadPartRequest, UploadPartOutput> = {
  schema: UploadPart$,
  async run(region, input) {
    const bucket = findBucket(region, input.Bucket!);
    const upload = findUpload(bucket, input.Key!, input.UploadId!);
    const partNumber = input.PartNumber!;
    if (!Number.isInteger(partNumber) || partNumber < 1 || partNumber > 10_000) {
      throw new ServiceError(
        "InvalidArgument",
        "Part number must be an integer between 1 and 10000, inclusive",
        400,
        { ArgumentName: "partNumber", ArgumentValue: partNumber },
      );
    }
    const { file, size, md5, checksum } = await receiveBody(bucket, {
      ...input,
      ChecksumAlgorithm: input.ChecksumAlgorithm ?? upload.checksumName,
    });
    const before = upload.parts.get(partNumber);
    const etag = `"${md5}"`;
    upload.parts.set(partNumber, { partNumber, size, etag, lastModified: new Date(), checksum, file });
    if (before) await rm(before.file, { force: true });
    const { ChecksumType: _ofObjectsOnly, ...shown } = showChecksum(checksum);
    return { ETag: etag, ServerSideEncryption: "AES256", ...shown };
  },
};
