import {
  CopyObjectCommand,
  DeleteObjectCommand,
  DeleteObjectsCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  type PutObjectCommandInput,
  type S3Client,
} from "@aws-sdk/client-s3";
import { createHash } from "node:crypto";
import { readdir } from "node:fs/promises";
import { Readable } from "node:stream";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openTestRegion, type TestRegion } from "../open-test-region.ts";
import { openBucket } from "./open-bucket.ts";

let sandbox: TestRegion;
let s3: S3Client;
const Bucket = "objects";
beforeAll(async () => {
  sandbox = await openTestRegion();
  s3 = await openBucket(sandbox, Bucket);
});
afterAll(() => sandbox.close());

const put = (Key: string, Body: string | Readable, more: Partial<PutObjectCommandInput> = {}) =>
  s3.send(new PutObjectCommand({ ...more, Bucket, Key, Body }));

async function read(Key: string, more: object = {}): Promise<string> {
  const got = await s3.send(new GetObjectCommand({ Bucket, Key, ...more }));
  return got.Body!.transformToString();
}

describe("an object", () => {
  test("is kept with what was said about it, under any key", async () => {
    const Key = "dir/ä b+c%2F&?.txt";
    const stored = await put(Key, "hello", {
      ContentType: "text/plain",
      CacheControl: "no-store",
      Metadata: { colour: "red" },
    });
    const md5 = createHash("md5").update("hello").digest("hex");
    expect(stored).toMatchObject({ ETag: `"${md5}"`, ChecksumCRC32: "NhCmhg==" });
    const got = await s3.send(new GetObjectCommand({ Bucket, Key, ChecksumMode: "ENABLED" }));
    expect(await got.Body!.transformToString()).toBe("hello");
    expect(got).toMatchObject({
      ETag: `"${md5}"`,
      ContentLength: 5,
      ContentType: "text/plain",
      CacheControl: "no-store",
      Metadata: { colour: "red" },
      ChecksumCRC32: "NhCmhg==",
      ChecksumType: "FULL_OBJECT",
    });
    expect(await s3.send(new HeadObjectCommand({ Bucket, Key }))).toMatchObject({
      ContentLength: 5,
      LastModified: expect.any(Date),
    });
  });

  test("arrives as a stream, in chunks with a trailer", async () => {
    const bytes = Buffer.alloc(300_000, "x");
    await put("stream", Readable.from([bytes.subarray(0, 100_000), bytes.subarray(100_000)]), {
      ContentLength: bytes.length,
    });
    expect((await read("stream")).length).toBe(bytes.length);
    expect(sandbox.region.s3.buckets.get(Bucket)?.objects.get("stream")).toMatchObject({
      contentEncoding: undefined,
      checksum: { name: "CRC32" },
    });
  });

  test("is replaced by another of its key, and its file with it", async () => {
    await put("again", "one");
    const bucket = sandbox.region.s3.buckets.get(Bucket)!;
    const { file } = bucket.objects.get("again")!;
    await put("again", "two");
    expect(await read("again")).toBe("two");
    expect((await readdir(bucket.directory)).some((name) => file.endsWith(name))).toBe(false);
  });

  test("that is absent", async () => {
    await expect(read("absent")).rejects.toMatchObject({
      name: "NoSuchKey",
      Key: "absent",
      $metadata: { httpStatusCode: 404 },
    });
    await expect(s3.send(new HeadObjectCommand({ Bucket, Key: "absent" }))).rejects.toMatchObject({
      name: "NotFound",
    });
    await expect(put("k".repeat(1025), "x")).rejects.toMatchObject({ name: "KeyTooLongError" });
  });
});

describe("ranges and conditions", () => {
  test.each([
    ["bytes=0-3", "0123", "bytes 0-3/10"],
    ["bytes=7-", "789", "bytes 7-9/10"],
    ["bytes=-2", "89", "bytes 8-9/10"],
    ["bytes=5-99", "56789", "bytes 5-9/10"],
  ])("%s", async (Range, text, ContentRange) => {
    await put("range", "0123456789");
    const got = await s3.send(new GetObjectCommand({ Bucket, Key: "range", Range }));
    expect(got).toMatchObject({ ContentRange, $metadata: { httpStatusCode: 206 } });
    expect(await got.Body!.transformToString()).toBe(text);
  });

  test("a range past the end is refused", async () => {
    await put("range", "0123456789");
    await expect(read("range", { Range: "bytes=10-" })).rejects.toMatchObject({
      name: "InvalidRange",
      $metadata: { httpStatusCode: 416 },
    });
  });

  test("of reading", async () => {
    const { ETag } = await put("condition", "x");
    expect(await read("condition", { IfMatch: ETag })).toBe("x");
    await expect(read("condition", { IfMatch: '"other"' })).rejects.toMatchObject({
      name: "PreconditionFailed",
    });
    await expect(read("condition", { IfNoneMatch: ETag })).rejects.toMatchObject({
      $metadata: { httpStatusCode: 304 },
    });
    const later = new Date(Date.now() + 3_600_000);
    await expect(read("condition", { IfModifiedSince: later })).rejects.toMatchObject({
      $metadata: { httpStatusCode: 304 },
    });
    await expect(read("condition", { IfUnmodifiedSince: new Date(0) })).rejects.toMatchObject({
      name: "PreconditionFailed",
    });
  });

  test("of writing", async () => {
    await put("once", "1", { IfNoneMatch: "*" });
    await expect(put("once", "2", { IfNoneMatch: "*" })).rejects.toMatchObject({
      name: "PreconditionFailed",
    });
    await expect(put("once", "2", { IfMatch: '"other"' })).rejects.toMatchObject({
      name: "PreconditionFailed",
    });
    expect(await read("once")).toBe("1");
  });
});

describe("damage on the way", () => {
  test.each([
    ["ChecksumSHA256", createHash("sha256").update("other").digest("base64")],
    ["ChecksumSHA1", createHash("sha1").update("other").digest("base64")],
    ["ChecksumCRC32", "AAAAAA=="],
    ["ChecksumCRC32C", "AAAAAA=="],
    ["ChecksumCRC64NVME", "AAAAAAAAAAA="],
    ["ContentMD5", createHash("md5").update("other").digest("base64")],
  ])("is found by %s, and nothing is kept", async (member, value) => {
    await expect(put("damaged", "this", { [member]: value })).rejects.toMatchObject({ name: "BadDigest" });
    const bucket = sandbox.region.s3.buckets.get(Bucket)!;
    expect(bucket.objects.has("damaged")).toBe(false);
    expect(await readdir(bucket.directory)).toHaveLength(bucket.objects.size);
  });

  test("an MD5 that is none is invalid", async () => {
    await expect(put("damaged", "this", { ContentMD5: "abc" })).rejects.toMatchObject({
      name: "InvalidDigest",
    });
  });
});

describe("copies and deletions", () => {
  test("a copy keeps the headers, or takes new ones", async () => {
    await put("source", "copied", { Metadata: { a: "1" } });
    const CopySource = `${Bucket}/source`;
    const { CopyObjectResult } = await s3.send(new CopyObjectCommand({ Bucket, Key: "copy", CopySource }));
    expect(CopyObjectResult?.ETag).toMatch(/^"[0-9a-f]{32}"$/);
    expect(await read("copy")).toBe("copied");
    await expect(s3.send(new CopyObjectCommand({ Bucket, Key: "source", CopySource }))).rejects.toMatchObject(
      { name: "InvalidRequest" },
    );
    await s3.send(
      new CopyObjectCommand({
        Bucket,
        Key: "source",
        CopySource,
        MetadataDirective: "REPLACE",
        Metadata: { b: "2" },
      }),
    );
    const head = await s3.send(new HeadObjectCommand({ Bucket, Key: "source" }));
    expect(head.Metadata).toEqual({ b: "2" });
  });

  test("one or many are deleted, absent ones too", async () => {
    await put("d/1", "1");
    await put("d/2", "2");
    await s3.send(new DeleteObjectCommand({ Bucket, Key: "d/absent" }));
    const { Deleted } = await s3.send(
      new DeleteObjectsCommand({ Bucket, Delete: { Objects: [{ Key: "d/1" }, { Key: "d/2" }] } }),
    );
    expect(Deleted).toEqual([{ Key: "d/1" }, { Key: "d/2" }]);
    const left = await s3.send(new ListObjectsV2Command({ Bucket, Prefix: "d/" }));
    expect(left.KeyCount).toBe(0);
    await expect(
      s3.send(new DeleteObjectsCommand({ Bucket, Delete: { Objects: [] } })),
    ).rejects.toMatchObject({ name: "MalformedXML" });
  });
});

describe("listings", () => {
  const keys = ["l/a/1", "l/a/2", "l/b", "l/c/1", "l/ü", "l/z z"];
  beforeAll(async () => {
    for (const key of keys) await put(key, key);
  });

  test("fold what lies below a delimiter, in the order of bytes", async () => {
    const listed = await s3.send(new ListObjectsV2Command({ Bucket, Prefix: "l/", Delimiter: "/" }));
    expect(listed.CommonPrefixes?.map((one) => one.Prefix)).toEqual(["l/a/", "l/c/"]);
    expect(listed.Contents?.map((one) => one.Key)).toEqual(["l/b", "l/z z", "l/ü"]);
    expect([listed.KeyCount, listed.IsTruncated]).toEqual([5, false]);
  });

  test.each([1, 2, 3])("come in pages of %i without loss or repetition", async (MaxKeys) => {
    const seen: string[] = [];
    let ContinuationToken: string | undefined;
    do {
      const page = await s3.send(
        new ListObjectsV2Command({
          Bucket,
          Prefix: "l/",
          Delimiter: "/",
          MaxKeys,
          ...(ContinuationToken ? { ContinuationToken } : {}),
        }),
      );
      seen.push(...(page.Contents ?? []).map((one) => one.Key!));
      seen.push(...(page.CommonPrefixes ?? []).map((one) => one.Prefix!));
      ContinuationToken = page.NextContinuationToken;
    } while (ContinuationToken);
    expect(seen.toSorted()).toEqual(["l/a/", "l/b", "l/c/", "l/z z", "l/ü"].toSorted());
  });

  test("start after a key, are encoded, and exist in the older form", async () => {
    const after = await s3.send(new ListObjectsV2Command({ Bucket, Prefix: "l/", StartAfter: "l/b" }));
    expect(after.Contents?.map((one) => one.Key)).toEqual(["l/c/1", "l/z z", "l/ü"]);
    const encoded = await s3.send(new ListObjectsV2Command({ Bucket, Prefix: "l/z", EncodingType: "url" }));
    expect(encoded.Contents?.[0]?.Key).toBe("l/z%20z");
    const older = await s3.send(new ListObjectsCommand({ Bucket, Prefix: "l/", Delimiter: "/", MaxKeys: 2 }));
    expect([older.IsTruncated, older.NextMarker]).toEqual([true, "l/b"]);
  });
});
