import { DeleteBucketPolicy$, type DeleteBucketPolicyRequest } from "@aws-sdk/client-s3";
import type { Operation } from "../wire/operation.ts";
import { findBucket } from "./buckets.ts";

/** DeleteBucketPolicy. */
export const deleteBucketPolicy: Operation<DeleteBucketPolicyRequest, void> = {
  schema: DeleteBucketPolicy$,
  run(region, input) {
    findBucket(region, input.Bucket!).policy = undefined;
  },
};
