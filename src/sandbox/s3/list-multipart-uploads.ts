import {
  ListMultipartUploads$,
  type ListMultipartUploadsOutput,
  type ListMultipartUploadsRequest,
} from "@aws-sdk/client-s3";
import type { Operation } from "../wire/operation.ts";
import { findBucket } from "./buckets.ts";

/** ListMultipartUploads: all that are in progress, on one page. */
export const listMultipartUploads: Operation<ListMultipartUploadsRequest, ListMultipartUploadsOutput> = {
  schema: ListMultipartUploads$,
  run(region, input, caller) {
    const bucket = findBucket(region, input.Bucket!);
    const uploads = [...bucket.uploads.values()].filter((upload) =>
      upload.key.startsWith(input.Prefix ?? ""),
    );
    return {
      Bucket: bucket.name,
      Prefix: input.Prefix ?? "",
      MaxUploads: 1000,
      IsTruncated: false,
      Uploads: uploads.map((upload) => ({
        UploadId: upload.uploadId,
        Key: upload.key,
        Initiated: upload.initiated,
        StorageClass: "STANDARD",
        Owner: { ID: caller.accountId },
        Initiator: { ID: caller.userArn },
      })),
    };
  },
};
