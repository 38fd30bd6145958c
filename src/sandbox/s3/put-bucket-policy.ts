import { PutBucketPolicy$, type PutBucketPolicyRequest } from "@aws-sdk/client-s3";
import { readPolicy } from "../iam/policy-document.ts";
import { type Operation, ServiceError } from "../wire/operation.ts";
import { findBucket } from "./buckets.ts";

/** PutBucketPolicy: kept; only what it says about deleting the bucket is enforced. */
export const putBucketPolicy: Operation<PutBucketPolicyRequest, void> = {
  schema: PutBucketPolicy$,
  run(region, input) {
    const bucket = findBucket(region, input.Bucket!);
    try {
      readPolicy(input.Policy!);
    } catch (error) {
      throw new ServiceError("MalformedPolicy", error instanceof Error ? error.message : String(error));
    }
    bucket.policy = input.Policy;
  },
};
