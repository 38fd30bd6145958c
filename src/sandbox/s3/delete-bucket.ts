import { DeleteBucket$, type DeleteBucketRequest } from "@aws-sdk/client-s3";
import { rm } from "node:fs/promises";
import { evaluate } from "../iam/evaluate.ts";
import { readPolicy } from "../iam/policy-document.ts";
import { type Operation, ServiceError } from "../wire/operation.ts";
import { findBucket } from "./buckets.ts";

/** DeleteBucket: an empty one, unless its policy denies that, as Beanstalk's bucket's does. */
export const deleteBucket: Operation<DeleteBucketRequest, void> = {
  schema: DeleteBucket$,
  async run(region, input, caller) {
    const bucket = findBucket(region, input.Bucket!);
    const arn = `arn:aws:s3:::${bucket.name}`;
    const statements = bucket.policy === undefined ? [] : readPolicy(bucket.policy);
    if (evaluate(statements, "s3:DeleteBucket", arn) === "explicitDeny") {
      throw new ServiceError(
        "AccessDenied",
        `User: ${caller.userArn} is not authorized to perform: s3:DeleteBucket on resource: "${arn}" with an explicit deny in a resource-based policy`,
        403,
      );
    }
    if (bucket.objects.size > 0) {
      throw new ServiceError("BucketNotEmpty", "The bucket you tried to delete is not empty", 409, {
        BucketName: bucket.name,
      });
    }
    region.s3.buckets.delete(bucket.name);
    await rm(bucket.directory, { recursive: true, force: true });
  },
};
