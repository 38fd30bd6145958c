import {
  GetBucketLocation$,
  type GetBucketLocationOutput,
  type GetBucketLocationRequest,
} from "@aws-sdk/client-s3";
import type { Operation } from "../wire/operation.ts";
import { findBucket } from "./buckets.ts";

/** GetBucketLocation; us-east-1 is written as nothing. */
export const getBucketLocation: Operation<GetBucketLocationRequest, GetBucketLocationOutput> = {
  schema: GetBucketLocation$,
  run(region, input) {
    findBucket(region, input.Bucket!);
    return region.name === "us-east-1" ? {} : { LocationConstraint: region.name as never };
  },
};
