import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListMultipartUploadsCommand,
  ListPartsCommand,
  UploadPartCommand,
  type S3Client,
} from "@aws-sdk/client-s3";
import { Upload } from "@aws-sdk/lib-storage";
import { createHash, randomBytes } from "node:crypto";
import { readdir } from "node:fs/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openTestRegion, type TestRegion } from "../open-test-region.ts";
import { openBucket } from "./open-bucket.ts";

let sandbox: TestRegion;
let s3: S3Client;
const Bucket = "uploads";
const PART = 5 * 1024 * 1024;
beforeAll(async () => {
  sandbox = await openTestRegion();
  s3 = await openBucket(sandbox, Bucket);
});
afterAll(() => sandbox.close());

async function begin(Key: string, more: object = {}): Promise<string> {
  const begun = await s3.send(new CreateMultipartUploadCommand({ Bucket, Key, ...more }));
  return begun.UploadId!;
}

test("lib-storage uploads a large body in parts", async () => {
  const bytes = randomBytes(2 * PART + 1000);
  const upload = new Upload({ client: s3, params: { Bucket, Key: "large", Body: bytes }, partSize: PART });
  const done = await upload.done();
  expect(done.ETag).toMatch(/^"[0-9a-f]{32}-3"$/);
  const head = await s3.send(new HeadObjectCommand({ Bucket, Key: "large", ChecksumMode: "ENABLED" }));
  expect(head).toMatchObject({ ContentLength: bytes.length, ChecksumCRC32: expect.stringMatching(/-3$/) });
  const got = await s3.send(new GetObjectCommand({ Bucket, Key: "large" }));
  const received = await got.Body!.transformToByteArray();
  expect(createHash("sha256").update(received).digest("hex")).toBe(
    createHash("sha256").update(bytes).digest("hex"),
  );
  const bucket = sandbox.region.s3.buckets.get(Bucket)!;
  expect(await readdir(bucket.directory)).toHaveLength(1);
});

test("the checksum of the whole object is computed where it is asked for", async () => {
  const Key = "whole";
  const UploadId = await begin(Key, { ChecksumAlgorithm: "CRC64NVME" });
  const part = { Bucket, Key, UploadId, PartNumber: 1 };
  const { ETag } = await s3.send(
    new UploadPartCommand({ ...part, Body: "123456789", ChecksumAlgorithm: "CRC64NVME" }),
  );
  const done = await s3.send(
    new CompleteMultipartUploadCommand({
      ...part,
      MultipartUpload: { Parts: [{ PartNumber: 1, ETag }] },
    }),
  );
  // The check value of CRC-64/NVME.
  const check = Buffer.from("ae8b14860a799888", "hex").toString("base64");
  expect(done).toMatchObject({ ChecksumCRC64NVME: check, ChecksumType: "FULL_OBJECT" });
});

describe("an upload in progress", () => {
  test("lists its parts, and goes when it is aborted", async () => {
    const Key = "aborted";
    const UploadId = await begin(Key);
    const base = { Bucket, Key, UploadId };
    await s3.send(new UploadPartCommand({ ...base, PartNumber: 2, Body: "two" }));
    await s3.send(new UploadPartCommand({ ...base, PartNumber: 1, Body: "wrong" }));
    await s3.send(new UploadPartCommand({ ...base, PartNumber: 1, Body: "one" }));
    const { Parts } = await s3.send(new ListPartsCommand(base));
    expect(Parts?.map((one) => [one.PartNumber, one.Size])).toEqual([
      [1, 3],
      [2, 3],
    ]);
    const { Uploads } = await s3.send(new ListMultipartUploadsCommand({ Bucket }));
    expect(Uploads?.map((one) => one.Key)).toEqual([Key]);
    await s3.send(new AbortMultipartUploadCommand(base));
    await expect(s3.send(new ListPartsCommand(base))).rejects.toMatchObject({ name: "NoSuchUpload" });
    const bucket = sandbox.region.s3.buckets.get(Bucket)!;
    expect(await readdir(bucket.directory)).toHaveLength(bucket.objects.size);
  });

  test("is completed only by parts that are there, in order, and large enough", async () => {
    const Key = "checked";
    const UploadId = await begin(Key);
    const base = { Bucket, Key, UploadId };
    const one = await s3.send(new UploadPartCommand({ ...base, PartNumber: 1, Body: "one" }));
    const two = await s3.send(new UploadPartCommand({ ...base, PartNumber: 2, Body: "two" }));
    const complete = (Parts: object[]) =>
      s3.send(new CompleteMultipartUploadCommand({ ...base, MultipartUpload: { Parts } }));
    const first = { PartNumber: 1, ETag: one.ETag };
    const second = { PartNumber: 2, ETag: two.ETag };
    await expect(complete([second, first])).rejects.toMatchObject({ name: "InvalidPartOrder" });
    await expect(complete([{ ...first, ETag: '"nonsense"' }])).rejects.toMatchObject({ name: "InvalidPart" });
    await expect(complete([first, second])).rejects.toMatchObject({ name: "EntityTooSmall" });
    await expect(complete([])).rejects.toMatchObject({ name: "MalformedXML" });
    await complete([second]);
    const head = await s3.send(new HeadObjectCommand({ Bucket, Key }));
    expect(head.ContentLength).toBe(3);
    await expect(s3.send(new UploadPartCommand({ ...base, PartNumber: 3, Body: "x" }))).rejects.toMatchObject(
      { name: "NoSuchUpload" },
    );
  });
});
