import {
  GetBucketPolicy$,
  type GetBucketPolicyOutput,
  type GetBucketPolicyRequest,
} from "@aws-sdk/client-s3";
import { type Operation, ServiceError } from "../wire/operation.ts";
import { findBucket } from "./buckets.ts";

/** GetBucketPolicy. */
export const getBucketPolicy: Operation<GetBucketPolicyRequest, GetBucketPolicyOutput> = {
  schema: GetBucketPolicy$,
  run(region, input) {
    const { name, policy } = findBucket(region, input.Bucket!);
    if (policy === undefined) {
      throw new ServiceError("NoSuchBucketPolicy", "The bucket policy does not exist", 404, {
        BucketName: name,
      });
    }
    return { Policy: policy };
  },
};
