import { CreateBucket$, type CreateBucketOutput, type CreateBucketRequest } from "@aws-sdk/client-s3";
import { type Operation, ServiceError } from "../wire/operation.ts";
import { ensureBucket } from "./buckets.ts";

const NAME = /^(?!xn--)(?!.*\.\.)(?!\d+\.\d+\.\d+\.\d+$)[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/;

/** CreateBucket, in the sandbox's one region. */
export const createBucket: Operation<CreateBucketRequest, CreateBucketOutput> = {
  schema: CreateBucket$,
  async run(region, input) {
    const name = input.Bucket!;
    if (!NAME.test(name)) {
      throw new ServiceError("InvalidBucketName", "The specified bucket is not valid.", 400, {
        BucketName: name,
      });
    }
    checkLocation(region.name, input.CreateBucketConfiguration?.LocationConstraint);
    if (region.s3.buckets.has(name) && region.name !== "us-east-1") {
      throw new ServiceError(
        "BucketAlreadyOwnedByYou",
        "Your previous request to create the named bucket succeeded and you already own it.",
        409,
        { BucketName: name },
      );
    }
    await ensureBucket(region, name);
    return { Location: region.name === "us-east-1" ? `/${name}` : `http://${name}.s3.amazonaws.com/` };
  },
};

/** In us-east-1 a request names no location; elsewhere it must name the region. */
function checkLocation(region: string, location: string | undefined): void {
  if (region === "us-east-1" ? location === undefined : location === region) return;
  if (region === "us-east-1") {
    throw new ServiceError(
      "InvalidLocationConstraint",
      "The specified location-constraint is not valid",
      400,
      {
        LocationConstraint: location,
      },
    );
  }
  throw new ServiceError(
    "IllegalLocationConstraintException",
    `The ${location ?? "unspecified"} location constraint is incompatible for the region specific endpoint this request was sent to.`,
  );
}
