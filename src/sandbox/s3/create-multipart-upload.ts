import {
  CreateMultipartUpload$,
  type CreateMultipartUploadOutput,
  type CreateMultipartUploadRequest,
} from "@aws-sdk/client-s3";
import { randomBytes } from "node:crypto";
import type { Operation } from "../wire/operation.ts";
import { findBucket } from "./buckets.ts";
import { checksumName } from "./checksum-members.ts";
import { checkWrite, objectHeaders } from "./objects.ts";
import type { MultipartUpload } from "./state.ts";

/** CreateMultipartUpload. */
export const createMultipartUpload: Operation<CreateMultipartUploadRequest, CreateMultipartUploadOutput> = {
  schema: CreateMultipartUpload$,
  run(region, input) {
    const bucket = findBucket(region, input.Bucket!);
    const key = input.Key!;
    checkWrite(bucket, key, {});
    const name = checksumName(input.ChecksumAlgorithm);
    const upload: MultipartUpload = {
      ...objectHeaders(input),
      uploadId: randomBytes(48).toString("base64url"),
      key,
      initiated: new Date(),
      checksumName: name,
      checksumType: name && (input.ChecksumType ?? (name === "CRC64NVME" ? "FULL_OBJECT" : "COMPOSITE")),
      parts: new Map(),
    };
    bucket.uploads.set(upload.uploadId, upload);
    return {
      Bucket: bucket.name,
      Key: key,
      UploadId: upload.uploadId,
      ServerSideEncryption: "AES256",
      ...(name ? { ChecksumAlgorithm: name, ChecksumType: upload.checksumType } : {}),
    };
  },
};
