import {
  DescribeApplicationVersionsCommand,
  CreateEnvironmentCommand,
  ElasticBeanstalkClient,
} from "@aws-sdk/client-elastic-beanstalk";
import { CreateSecurityGroupCommand, DescribeSubnetsCommand, EC2Client } from "@aws-sdk/client-ec2";
import { EC2InstanceConnectClient, SendSSHPublicKeyCommand } from "@aws-sdk/client-ec2-instance-connect";
import { CreateFileSystemCommand, DescribeFileSystemsCommand, EFSClient } from "@aws-sdk/client-efs";
import { CreateRoleCommand, IAMClient } from "@aws-sdk/client-iam";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openTestRegion, type TestRegion } from "../open-test-region.ts";

let sandbox: TestRegion;
beforeAll(async () => {
  sandbox = await openTestRegion();
});
afterAll(() => sandbox.close());

/** What a client sends that leaves out, or breaks, what the SDK's types demand. */
const bad = (input: object): never => input as never;

describe("constraints of the service models", () => {
  test("the query protocol: length, in AWS's own words", async () => {
    const beanstalk = new ElasticBeanstalkClient(sandbox.client);
    const name = "x".repeat(41);
    await expect(
      beanstalk.send(new CreateEnvironmentCommand({ ApplicationName: "a", EnvironmentName: name })),
    ).rejects.toMatchObject({
      name: "ValidationError",
      message: `1 validation error detected: Value '${name}' at 'environmentName' failed to satisfy constraint: Member must have length less than or equal to 40`,
    });
  });

  test("the query protocol: several at once, nested, missing and out of range", async () => {
    const beanstalk = new ElasticBeanstalkClient(sandbox.client);
    await expect(
      beanstalk.send(
        new CreateEnvironmentCommand(bad({ EnvironmentName: "abc", Tags: [{ Key: "k", Value: "" }] })),
      ),
    ).rejects.toMatchObject({
      name: "ValidationError",
      message: expect.stringMatching(
        /^3 validation errors detected: Value null at 'applicationName' .*not be null; .*at 'environmentName'.*greater than or equal to 4; .*at 'tags.1.member.value'/,
      ),
    });
    await expect(
      beanstalk.send(new DescribeApplicationVersionsCommand({ MaxRecords: 1001 })),
    ).rejects.toMatchObject({
      message: expect.stringContaining("must have value less than or equal to 1000"),
    });
  });

  test("IAM: pattern", async () => {
    await expect(
      new IAMClient(sandbox.client).send(
        new CreateRoleCommand({ RoleName: "no spaces", AssumeRolePolicyDocument: "{}" }),
      ),
    ).rejects.toMatchObject({
      name: "ValidationError",
      message: expect.stringContaining("Member must satisfy regular expression pattern: [\\w+=,.@-]+"),
    });
  });

  test("EC2: missing and out of range", async () => {
    const ec2 = new EC2Client(sandbox.client);
    await expect(ec2.send(new CreateSecurityGroupCommand(bad({ Description: "d" })))).rejects.toMatchObject({
      name: "MissingParameter",
      message: "The request must contain the parameter groupName",
    });
    await expect(ec2.send(new DescribeSubnetsCommand({ MaxResults: 1 }))).rejects.toMatchObject({
      name: "InvalidParameterValue",
    });
  });

  test("EFS: malformed ids and enums", async () => {
    const efs = new EFSClient(sandbox.client);
    await expect(efs.send(new DescribeFileSystemsCommand({ FileSystemId: "fs-XYZ" }))).rejects.toMatchObject({
      name: "ValidationException",
    });
    await expect(
      efs.send(new CreateFileSystemCommand({ CreationToken: "t", PerformanceMode: bad("slow" as never) })),
    ).rejects.toMatchObject({
      name: "ValidationException",
      message: expect.stringContaining("Member must satisfy enum value set: [generalPurpose, maxIO]"),
    });
    await expect(
      efs.send(new CreateFileSystemCommand({ CreationToken: bad(7 as never) })),
    ).rejects.toMatchObject({ name: "SerializationException" });
  });

  test("Instance Connect: a key that is too short", async () => {
    await expect(
      new EC2InstanceConnectClient(sandbox.client).send(
        new SendSSHPublicKeyCommand({
          InstanceId: "i-0123456789abcdef0",
          InstanceOSUser: "ec2-user",
          SSHPublicKey: "ssh-rsa A",
        }),
      ),
    ).rejects.toMatchObject({ name: "InvalidArgsException" });
  });
});
