import { HeadBucket$, type HeadBucketOutput, type HeadBucketRequest } from "@aws-sdk/client-s3";
import { type Operation, ServiceError } from "../wire/operation.ts";

/** HeadBucket. */
export const headBucket: Operation<HeadBucketRequest, HeadBucketOutput> = {
  schema: HeadBucket$,
  run(region, input) {
    if (!region.s3.buckets.has(input.Bucket!)) throw new ServiceError("NotFound", "Not Found", 404);
    return { BucketRegion: region.name, AccessPointAlias: false };
  },
};
