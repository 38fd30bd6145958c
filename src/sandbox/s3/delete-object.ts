import { DeleteObject$, type DeleteObjectOutput, type DeleteObjectRequest } from "@aws-sdk/client-s3";
import type { Operation } from "../wire/operation.ts";
import { findBucket } from "./buckets.ts";
import { removeObject } from "./objects.ts";

/** DeleteObject; one that does not exist counts as deleted. */
export const deleteObject: Operation<DeleteObjectRequest, DeleteObjectOutput> = {
  schema: DeleteObject$,
  async run(region, input) {
    await removeObject(findBucket(region, input.Bucket!), input.Key!);
    return {};
  },
};
