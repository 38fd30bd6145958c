import type { Operation } from "../wire/operation.ts";
import { abortMultipartUpload } from "./abort-multipart-upload.ts";
import { completeMultipartUpload } from "./complete-multipart-upload.ts";
import { copyObject } from "./copy-object.ts";
import { createBucket } from "./create-bucket.ts";
import { createMultipartUpload } from "./create-multipart-upload.ts";
import { deleteBucketPolicy } from "./delete-bucket-policy.ts";
import { deleteBucket } from "./delete-bucket.ts";
import { deleteObject } from "./delete-object.ts";
import { deleteObjects } from "./delete-objects.ts";
import { getBucketLocation } from "./get-bucket-location.ts";
import { getBucketPolicy } from "./get-bucket-policy.ts";
import { getObject } from "./get-object.ts";
import { headBucket } from "./head-bucket.ts";
import { headObject } from "./head-object.ts";
import { listBuckets } from "./list-buckets.ts";
import { listMultipartUploads } from "./list-multipart-uploads.ts";
import { listObjectsV2 } from "./list-objects-v2.ts";
import { listObjects } from "./list-objects.ts";
import { listParts } from "./list-parts.ts";
import { putBucketPolicy } from "./put-bucket-policy.ts";
import { putObject } from "./put-object.ts";
import { uploadPart } from "./upload-part.ts";

/** Every S3 operation that the sandbox answers. */
export const operations: readonly Operation[] = [
  abortMultipartUpload,
  completeMultipartUpload,
  copyObject,
  createBucket,
  createMultipartUpload,
  deleteBucketPolicy,
  deleteBucket,
  deleteObject,
  deleteObjects,
  getBucketLocation,
  getBucketPolicy,
  getObject,
  headBucket,
  headObject,
  listBuckets,
  listMultipartUploads,
  listObjectsV2,
  listObjects,
  listParts,
  putBucketPolicy,
  putObject,
  uploadPart,
];
