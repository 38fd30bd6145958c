import { DeleteObjects$, type DeleteObjectsOutput, type DeleteObjectsRequest } from "@aws-sdk/client-s3";
import { type Operation, ServiceError } from "../wire/operation.ts";
import { findBucket } from "./buckets.ts";
import { removeObject } from "./objects.ts";

/** DeleteObjects: up to 1,000 at once. */
export const deleteObjects: Operation<DeleteObjectsRequest, DeleteObjectsOutput> = {
  schema: DeleteObjects$,
  async run(region, input) {
    const bucket = findBucket(region, input.Bucket!);
    const { Objects: objects = [], Quiet: quiet } = input.Delete ?? {};
    if (objects.length === 0 || objects.length > 1000) {
      throw new ServiceError(
        "MalformedXML",
        "The XML you provided was not well-formed or did not validate against our published schema",
      );
    }
    await Promise.all(objects.map(({ Key: key }) => removeObject(bucket, key!)));
    return quiet === true ? {} : { Deleted: objects.map(({ Key }) => ({ Key })) };
  },
};
