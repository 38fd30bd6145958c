import {
  AbortMultipartUpload$,
  type AbortMultipartUploadOutput,
  type AbortMultipartUploadRequest,
} from "@aws-sdk/client-s3";
import { rm } from "node:fs/promises";
import type { Operation } from "../wire/operation.ts";
import { findBucket } from "./buckets.ts";
import { findUpload } from "./uploads.ts";

/** AbortMultipartUpload: its parts go. */
export const abortMultipartUpload: Operation<AbortMultipartUploadRequest, AbortMultipartUploadOutput> = {
  schema: AbortMultipartUpload$,
  async run(region, input) {
    const bucket = findBucket(region, input.Bucket!);
    const upload = findUpload(bucket, input.Key!, input.UploadId!);
    bucket.uploads.delete(upload.uploadId);
    await Promise.all([...upload.parts.values()].map((part) => rm(part.file, { force: true })));
    return {};
  },
};
