import { HeadObject$, type HeadObjectOutput, type HeadObjectRequest } from "@aws-sdk/client-s3";
import { type Operation, ServiceError } from "../wire/operation.ts";
import { findBucket } from "./buckets.ts";
import { checkRead, readRange } from "./check-read.ts";
import { describeObject } from "./describe-object.ts";

/** HeadObject; its errors have no body, so clients know them by the status alone. */
export const headObject: Operation<HeadObjectRequest, HeadObjectOutput> = {
  schema: HeadObject$,
  run(region, input) {
    const object = findBucket(region, input.Bucket!).objects.get(input.Key!);
    if (!object) throw new ServiceError("NotFound", "Not Found", 404);
    checkRead(object, input);
    const range = readRange(input.Range, object.size);
    const description = describeObject(object, input);
    if (!range) return { ...description, ContentLength: object.size };
    const [start, end] = range;
    return {
      ...description,
      ContentLength: end - start + 1,
      ContentRange: `bytes ${start}-${end}/${object.size}`,
    };
  },
};
