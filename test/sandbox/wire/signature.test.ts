import { EC2Client, DescribeVpcsCommand } from "@aws-sdk/client-ec2";
import { EC2InstanceConnectClient, SendSSHPublicKeyCommand } from "@aws-sdk/client-ec2-instance-connect";
import { DescribeFileSystemsCommand, EFSClient } from "@aws-sdk/client-efs";
import { CreateBucketCommand, ListBucketsCommand, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { GetCallerIdentityCommand, STSClient } from "@aws-sdk/client-sts";
import { Readable } from "node:stream";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { presignGet } from "../../../src/sandbox/s3/presign.ts";
import { readCredential } from "../../../src/sandbox/wire/credential.ts";
import type { WireRequest } from "../../../src/sandbox/wire/request.ts";
import { verifySignature } from "../../../src/sandbox/wire/signature.ts";
import { openTestRegion, type TestRegion } from "../open-test-region.ts";

let sandbox: TestRegion;
beforeAll(async () => {
  sandbox = await openTestRegion();
});
afterAll(() => sandbox.close());

const key = {
  InstanceId: "i-0123456789abcdef0",
  InstanceOSUser: "ec2-user",
  SSHPublicKey: "ssh-ed25519 A".repeat(20),
};

/** Every protocol, with a call that succeeds or fails only after the signature was found good. */
const calls: Record<string, (config: object) => Promise<unknown>> = {
  query: (config) => new STSClient({ ...sandbox.client, ...config }).send(new GetCallerIdentityCommand({})),
  ec2: (config) => new EC2Client({ ...sandbox.client, ...config }).send(new DescribeVpcsCommand({})),
  json: (config) =>
    new EC2InstanceConnectClient({ ...sandbox.client, ...config }).send(new SendSSHPublicKeyCommand(key)),
  "rest-json": (config) =>
    new EFSClient({ ...sandbox.client, ...config }).send(new DescribeFileSystemsCommand({})),
  "rest-xml": (config) => new S3Client({ ...sandbox.client, ...config }).send(new ListBucketsCommand({})),
};

const unknown = { credentials: { accessKeyId: "AKIAUNKNOWN", secretAccessKey: "x" } };
const wrong = () => ({ credentials: { ...sandbox.client.credentials, secretAccessKey: "wrong" } });
const elsewhere = { region: "ap-south-1" };

describe("a signature that does not hold", () => {
  test.each([
    ["query", "InvalidClientTokenId", 403],
    ["ec2", "AuthFailure", 401],
    ["json", "UnrecognizedClientException", 403],
    ["rest-json", "UnrecognizedClientException", 403],
    ["rest-xml", "InvalidAccessKeyId", 403],
  ])("an unknown access key: %s answers %s", async (protocol, name, httpStatusCode) => {
    await expect(calls[protocol]!(unknown)).rejects.toMatchObject({ name, $metadata: { httpStatusCode } });
  });

  test.each([
    ["query", "SignatureDoesNotMatch", 403],
    ["ec2", "AuthFailure", 401],
    ["json", "InvalidSignatureException", 403],
    ["rest-json", "InvalidSignatureException", 403],
    ["rest-xml", "SignatureDoesNotMatch", 403],
  ])("a wrong secret: %s answers %s", async (protocol, name, httpStatusCode) => {
    await expect(calls[protocol]!(wrong())).rejects.toMatchObject({ name, $metadata: { httpStatusCode } });
  });

  test.each([
    ["query", "SignatureDoesNotMatch", "Credential should be scoped to a valid region"],
    ["ec2", "AuthFailure", "Credential should be scoped to a valid region"],
    ["json", "InvalidSignatureException", "Credential should be scoped to a valid region"],
    ["rest-json", "InvalidSignatureException", "Credential should be scoped to a valid region"],
    ["rest-xml", "AuthorizationHeaderMalformed", "the region 'ap-south-1' is wrong"],
  ])("another region: %s answers %s", async (protocol, name, message) => {
    await expect(calls[protocol]!(elsewhere)).rejects.toMatchObject({
      name,
      message: expect.stringContaining(message),
    });
  });
});

describe("requests without a signature", () => {
  test("a form is told that its token is missing", async () => {
    const response = await fetch(sandbox.region.endpoint, {
      method: "POST",
      body: new URLSearchParams({ Action: "GetCallerIdentity", Version: "2011-06-15" }),
    });
    expect(response.status).toBe(403);
    expect(await response.text()).toContain("<Code>MissingAuthenticationToken</Code>");
  });

  test("a request for an object is denied", async () => {
    const response = await fetch(`${sandbox.region.endpoint}/bucket/key`);
    expect(response.status).toBe(403);
    expect(await response.text()).toContain("<Code>AccessDenied</Code>");
  });

  test("an authorization of another kind is malformed", async () => {
    const response = await fetch(sandbox.region.endpoint, {
      method: "POST",
      headers: { authorization: "Bearer abc", "content-type": "application/x-www-form-urlencoded" },
      body: "Action=GetCallerIdentity",
    });
    expect(await response.text()).toContain("<Code>IncompleteSignature</Code>");
  });
});

describe("presigned URLs", () => {
  beforeAll(async () => {
    const s3 = new S3Client(sandbox.client);
    await s3.send(
      new CreateBucketCommand({
        Bucket: "presigned",
        CreateBucketConfiguration: { LocationConstraint: "eu-west-1" },
      }),
    );
    await s3.send(new PutObjectCommand({ Bucket: "presigned", Key: "logs/a b+c.txt", Body: "hello" }));
  });

  test("anybody can GET the object", async () => {
    const response = await fetch(presignGet(sandbox.region, "presigned", "logs/a b+c.txt", 60));
    expect([response.status, await response.text()]).toEqual([200, "hello"]);
  });

  test("a changed key and a changed time are refused", async () => {
    const url = presignGet(sandbox.region, "presigned", "logs/a b+c.txt", 60);
    const other = await fetch(url.replace("/logs/", "/other/"));
    const longer = await fetch(url.replace("Expires=60", "Expires=600"));
    expect(await other.text()).toContain("SignatureDoesNotMatch");
    expect(await longer.text()).toContain("SignatureDoesNotMatch");
  });

  test("end when they said they would", () => {
    const url = new URL(presignGet(sandbox.region, "presigned", "key", 60));
    const request: WireRequest = {
      method: "GET",
      path: url.pathname,
      query: [...url.searchParams],
      headers: { host: url.host },
      body: Readable.from([]),
      sourceAddress: "127.0.0.1",
    };
    const verify = (now: number) =>
      verifySignature(request, readCredential(request)!, {
        iam: sandbox.region.iam,
        regions: [sandbox.region.name],
        payloadHash: "UNSIGNED-PAYLOAD",
        encodePath: false,
        now,
      });
    expect(verify(Date.now()).key.accessKeyId).toBe(sandbox.accessKeyId);
    expect(() => verify(Date.now() + 120_000)).toThrow(expect.objectContaining({ kind: "expired" }));
    expect(() => verify(Date.now() - 3_600_000)).toThrow(expect.objectContaining({ kind: "expired" }));
  });
});
