import { CreateBucketCommand, S3Client } from "@aws-sdk/client-s3";
import type { TestRegion } from "../open-test-region.ts";

/** A client and an empty bucket for it. */
export async function openBucket(sandbox: TestRegion, Bucket: string): Promise<S3Client> {
  const client = new S3Client(sandbox.client);
  await client.send(
    new CreateBucketCommand({ Bucket, CreateBucketConfiguration: { LocationConstraint: "eu-west-1" } }),
  );
  return client;
}
