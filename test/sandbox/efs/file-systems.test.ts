import {
  CreateFileSystemCommand,
  CreateTagsCommand,
  DeleteFileSystemCommand,
  DeleteFileSystemPolicyCommand,
  DeleteTagsCommand,
  DescribeAccountPreferencesCommand,
  DescribeBackupPolicyCommand,
  DescribeFileSystemPolicyCommand,
  DescribeFileSystemsCommand,
  DescribeLifecycleConfigurationCommand,
  DescribeReplicationConfigurationsCommand,
  DescribeTagsCommand,
  EFSClient,
  ListTagsForResourceCommand,
  PutAccountPreferencesCommand,
  PutBackupPolicyCommand,
  PutFileSystemPolicyCommand,
  PutLifecycleConfigurationCommand,
  TagResourceCommand,
  UntagResourceCommand,
  UpdateFileSystemCommand,
  UpdateFileSystemProtectionCommand,
} from "@aws-sdk/client-efs";
import { existsSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { eventually, openTestRegion, type TestRegion } from "../open-test-region.ts";

let sandbox: TestRegion;
let efs: EFSClient;
beforeAll(async () => {
  sandbox = await openTestRegion();
  efs = new EFSClient(sandbox.client);
});
afterAll(() => sandbox.close());

let tokens = 0;

async function make(input: object = {}): Promise<string> {
  tokens += 1;
  const made = await efs.send(new CreateFileSystemCommand({ CreationToken: `token-${tokens}`, ...input }));
  await eventually(async () => (await look(made.FileSystemId!)).LifeCycleState === "available");
  return made.FileSystemId!;
}

async function look(FileSystemId: string) {
  const found = await efs.send(new DescribeFileSystemsCommand({ FileSystemId }));
  return found.FileSystems![0]!;
}

describe("a file system", () => {
  test("becomes available, with what was asked for", async () => {
    const made = await efs.send(
      new CreateFileSystemCommand({
        CreationToken: "mine",
        Encrypted: true,
        ThroughputMode: "elastic",
        Backup: true,
        Tags: [{ Key: "Name", Value: "models" }],
      }),
    );
    expect(made).toMatchObject({
      FileSystemId: expect.stringMatching(/^fs-0[0-9a-f]{16}$/),
      Name: "models",
      Encrypted: true,
      ThroughputMode: "elastic",
      PerformanceMode: "generalPurpose",
      NumberOfMountTargets: 0,
      $metadata: { httpStatusCode: 201 },
    });
    const { FileSystemId } = made;
    await eventually(async () => (await look(FileSystemId!)).LifeCycleState === "available");
    const again = new CreateFileSystemCommand({ CreationToken: "mine" });
    await expect(efs.send(again)).rejects.toMatchObject({
      name: "FileSystemAlreadyExists",
      ErrorCode: "FileSystemAlreadyExists",
      FileSystemId,
      $metadata: { httpStatusCode: 409 },
    });
    const byToken = await efs.send(new DescribeFileSystemsCommand({ CreationToken: "mine" }));
    expect(byToken.FileSystems?.map((one) => one.FileSystemId)).toEqual([FileSystemId]);
  });

  test.each([
    ["provisioned throughput without a number", { ThroughputMode: "provisioned" }],
    ["a number without provisioned throughput", { ProvisionedThroughputInMibps: 10 }],
    ["elastic throughput with maxIO", { ThroughputMode: "elastic", PerformanceMode: "maxIO" }],
    ["a key without encryption", { KmsKeyId: "alias/mine" }],
  ])("is refused with %s", async (_what, input) => {
    const create = new CreateFileSystemCommand({ CreationToken: _what, ...(input as object) });
    await expect(efs.send(create)).rejects.toMatchObject({ name: "BadRequest" });
  });

  test("can be in one zone, if there is such a zone", async () => {
    const id = await make({ AvailabilityZoneName: "eu-west-1b" });
    expect(await look(id)).toMatchObject({
      AvailabilityZoneName: "eu-west-1b",
      AvailabilityZoneId: "euw1-az2",
    });
    const backup = await efs.send(new DescribeBackupPolicyCommand({ FileSystemId: id }));
    expect(backup.BackupPolicy?.Status).toBe("ENABLED");
    await expect(make({ AvailabilityZoneName: "eu-west-1z" })).rejects.toMatchObject({
      name: "UnsupportedAvailabilityZone",
    });
  });

  test("is metered by what lies in its directory, and goes with it", async () => {
    const FileSystemId = await make();
    const { directory } = sandbox.region.efs.fileSystems.get(FileSystemId)!;
    await writeFile(join(directory, "weights"), Buffer.alloc(1000));
    expect((await look(FileSystemId)).SizeInBytes?.Value).toBe(6144 + 1000);
    await efs.send(new DeleteFileSystemCommand({ FileSystemId }));
    await eventually(() =>
      look(FileSystemId).then(
        () => false,
        (error: Error) => error.name === "FileSystemNotFound",
      ),
    );
    expect(existsSync(directory)).toBe(false);
  });

  test("that does not exist is not found", async () => {
    await expect(look("fs-0123456789abcdef0")).rejects.toMatchObject({
      name: "FileSystemNotFound",
      message: "File system 'fs-0123456789abcdef0' does not exist.",
      $metadata: { httpStatusCode: 404 },
    });
  });

  test("is listed in pages", async () => {
    await make();
    await make();
    const first = await efs.send(new DescribeFileSystemsCommand({ MaxItems: 1 }));
    const second = await efs.send(new DescribeFileSystemsCommand({ MaxItems: 1, Marker: first.NextMarker! }));
    expect(second.FileSystems?.[0]?.FileSystemId).not.toBe(first.FileSystems?.[0]?.FileSystemId);
    await expect(efs.send(new DescribeFileSystemsCommand({ Marker: "nonsense" }))).rejects.toMatchObject({
      name: "BadRequest",
    });
  });
});

describe("what belongs to a file system", () => {
  test("throughput, protection, backup, lifecycle", async () => {
    const FileSystemId = await make();
    const updated = await efs.send(new UpdateFileSystemCommand({ FileSystemId, ThroughputMode: "elastic" }));
    expect(updated.ThroughputMode).toBe("elastic");
    const shield = new UpdateFileSystemProtectionCommand({
      FileSystemId,
      ReplicationOverwriteProtection: "DISABLED",
    });
    expect((await efs.send(shield)).ReplicationOverwriteProtection).toBe("DISABLED");
    const BackupPolicy = { Status: "ENABLED" as const };
    await efs.send(new PutBackupPolicyCommand({ FileSystemId, BackupPolicy }));
    const backup = await efs.send(new DescribeBackupPolicyCommand({ FileSystemId }));
    expect(backup.BackupPolicy).toEqual(BackupPolicy);
    const LifecyclePolicies = [{ TransitionToIA: "AFTER_30_DAYS" as const }];
    await efs.send(new PutLifecycleConfigurationCommand({ FileSystemId, LifecyclePolicies }));
    const cycle = await efs.send(new DescribeLifecycleConfigurationCommand({ FileSystemId }));
    expect(cycle.LifecyclePolicies).toEqual(LifecyclePolicies);
    await expect(
      efs.send(new PutLifecycleConfigurationCommand({ FileSystemId, LifecyclePolicies: [{}] })),
    ).rejects.toMatchObject({ name: "BadRequest" });
  });

  test("a policy", async () => {
    const FileSystemId = await make();
    const ask = () => efs.send(new DescribeFileSystemPolicyCommand({ FileSystemId }));
    await expect(ask()).rejects.toMatchObject({ name: "PolicyNotFound" });
    await expect(
      efs.send(new PutFileSystemPolicyCommand({ FileSystemId, Policy: "no json" })),
    ).rejects.toMatchObject({ name: "InvalidPolicyException" });
    await efs.send(new PutFileSystemPolicyCommand({ FileSystemId, Policy: '{"Statement":[]}' }));
    expect((await ask()).Policy).toBe('{"Statement":[]}');
    await efs.send(new DeleteFileSystemPolicyCommand({ FileSystemId }));
    await expect(ask()).rejects.toMatchObject({ name: "PolicyNotFound" });
  });

  test("tags, by id and by ARN, in the newer calls and the older ones", async () => {
    const FileSystemId = await make();
    const { FileSystemArn } = await look(FileSystemId);
    await efs.send(new TagResourceCommand({ ResourceId: FileSystemId, Tags: [{ Key: "a", Value: "1" }] }));
    await efs.send(new CreateTagsCommand({ FileSystemId, Tags: [{ Key: "b", Value: "2" }] }));
    const listed = await efs.send(new ListTagsForResourceCommand({ ResourceId: FileSystemArn! }));
    expect(listed.Tags).toEqual([
      { Key: "a", Value: "1" },
      { Key: "b", Value: "2" },
    ]);
    await efs.send(new UntagResourceCommand({ ResourceId: FileSystemId, TagKeys: ["a"] }));
    await efs.send(new DeleteTagsCommand({ FileSystemId, TagKeys: ["b"] }));
    expect((await efs.send(new DescribeTagsCommand({ FileSystemId }))).Tags).toEqual([]);
    await expect(
      efs.send(new TagResourceCommand({ ResourceId: FileSystemId, Tags: [{ Key: "aws:x", Value: "" }] })),
    ).rejects.toMatchObject({ name: "ValidationException" });
  });

  test("no replication; long ids", async () => {
    const FileSystemId = await make();
    await expect(
      efs.send(new DescribeReplicationConfigurationsCommand({ FileSystemId })),
    ).rejects.toMatchObject({ name: "ReplicationNotFound" });
    expect((await efs.send(new DescribeReplicationConfigurationsCommand({}))).Replications).toEqual([]);
    await efs.send(new PutAccountPreferencesCommand({ ResourceIdType: "LONG_ID" }));
    const preferences = await efs.send(new DescribeAccountPreferencesCommand({}));
    expect(preferences.ResourceIdPreference?.ResourceIdType).toBe("LONG_ID");
  });
});
