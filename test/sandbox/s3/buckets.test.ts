import {
  CreateBucketCommand,
  DeleteBucketCommand,
  DeleteBucketPolicyCommand,
  GetBucketLocationCommand,
  GetBucketPolicyCommand,
  HeadBucketCommand,
  ListBucketsCommand,
  ListObjectsV2Command,
  PutBucketPolicyCommand,
  PutObjectCommand,
  type S3Client,
} from "@aws-sdk/client-s3";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openTestRegion, type TestRegion } from "../open-test-region.ts";
import { openBucket } from "./open-bucket.ts";

let sandbox: TestRegion;
let s3: S3Client;
beforeAll(async () => {
  sandbox = await openTestRegion();
  s3 = await openBucket(sandbox, "first-bucket");
});
afterAll(() => sandbox.close());

test("buckets are listed, located and headed", async () => {
  const { Buckets } = await s3.send(new ListBucketsCommand({}));
  expect(Buckets).toMatchObject([{ Name: "first-bucket", CreationDate: expect.any(Date) }]);
  const { LocationConstraint } = await s3.send(new GetBucketLocationCommand({ Bucket: "first-bucket" }));
  expect(LocationConstraint).toBe("eu-west-1");
  expect(await s3.send(new HeadBucketCommand({ Bucket: "first-bucket" }))).toMatchObject({
    BucketRegion: "eu-west-1",
    $metadata: { requestId: expect.stringMatching(/^[0-9A-F]{16}$/) },
  });
  await expect(s3.send(new HeadBucketCommand({ Bucket: "no-bucket" }))).rejects.toMatchObject({
    name: "NotFound",
    $metadata: { httpStatusCode: 404 },
  });
  await expect(s3.send(new ListObjectsV2Command({ Bucket: "no-bucket" }))).rejects.toMatchObject({
    name: "NoSuchBucket",
  });
});

test("a bucket's name and place are checked", async () => {
  const create = (Bucket: string, LocationConstraint?: string) =>
    s3.send(
      new CreateBucketCommand({
        Bucket,
        ...(LocationConstraint
          ? { CreateBucketConfiguration: { LocationConstraint: LocationConstraint as never } }
          : {}),
      }),
    );
  await expect(create("Capital-Letters", "eu-west-1")).rejects.toMatchObject({ name: "InvalidBucketName" });
  await expect(create("first-bucket", "eu-west-1")).rejects.toMatchObject({
    name: "BucketAlreadyOwnedByYou",
  });
  await expect(create("wrong-place", "eu-central-1")).rejects.toMatchObject({
    name: "IllegalLocationConstraintException",
  });
});

test("only an empty bucket is deleted, and not against its policy", async () => {
  const Bucket = "second-bucket";
  await openBucket(sandbox, Bucket);
  const Policy = JSON.stringify({
    Statement: [
      { Effect: "Deny", Principal: "*", Action: "s3:DeleteBucket", Resource: `arn:aws:s3:::${Bucket}` },
    ],
  });
  await s3.send(new PutBucketPolicyCommand({ Bucket, Policy }));
  expect((await s3.send(new GetBucketPolicyCommand({ Bucket }))).Policy).toBe(Policy);
  await expect(s3.send(new DeleteBucketCommand({ Bucket }))).rejects.toMatchObject({ name: "AccessDenied" });
  await s3.send(new DeleteBucketPolicyCommand({ Bucket }));
  await expect(s3.send(new GetBucketPolicyCommand({ Bucket }))).rejects.toMatchObject({
    name: "NoSuchBucketPolicy",
  });
  await s3.send(new PutObjectCommand({ Bucket, Key: "k", Body: "v" }));
  await expect(s3.send(new DeleteBucketCommand({ Bucket }))).rejects.toMatchObject({
    name: "BucketNotEmpty",
  });
  sandbox.region.s3.buckets.get(Bucket)!.objects.clear();
  await s3.send(new DeleteBucketCommand({ Bucket }));
  await expect(s3.send(new DeleteBucketCommand({ Bucket }))).rejects.toMatchObject({ name: "NoSuchBucket" });
});
