import { AllocateAddressCommand, EC2Client } from "@aws-sdk/client-ec2";
import { CreateReplicationConfigurationCommand, EFSClient } from "@aws-sdk/client-efs";
import { CreateGroupCommand, IAMClient } from "@aws-sdk/client-iam";
import { GetBucketAclCommand, S3Client } from "@aws-sdk/client-s3";
import { AssumeRoleCommand, STSClient } from "@aws-sdk/client-sts";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openTestRegion, type TestRegion } from "../open-test-region.ts";

let sandbox: TestRegion;
beforeAll(async () => {
  sandbox = await openTestRegion();
});
afterAll(() => sandbox.close());

test.each<[string, string, () => Promise<unknown>]>([
  [
    "AllocateAddress",
    "UnsupportedOperation",
    () => new EC2Client(sandbox.client).send(new AllocateAddressCommand({})),
  ],
  [
    "CreateGroup",
    "UnsupportedOperation",
    () => new IAMClient(sandbox.client).send(new CreateGroupCommand({ GroupName: "g" })),
  ],
  [
    "AssumeRole",
    "UnsupportedOperation",
    () =>
      new STSClient(sandbox.client).send(
        new AssumeRoleCommand({ RoleArn: "a".repeat(20), RoleSessionName: "s" }),
      ),
  ],
  [
    "CreateReplicationConfiguration",
    "UnsupportedOperation",
    () =>
      new EFSClient(sandbox.client).send(
        new CreateReplicationConfigurationCommand({
          SourceFileSystemId: "fs-0123456789abcdef0",
          Destinations: [],
        }),
      ),
  ],
  [
    "GetBucketAcl",
    "NotImplemented",
    () => new S3Client(sandbox.client).send(new GetBucketAclCommand({ Bucket: "some-bucket" })),
  ],
])("%s is refused by its name", async (call, name, send) => {
  await expect(send()).rejects.toMatchObject({ name, message: `The sandbox does not emulate ${call}.` });
});
