import {
  CreateAccessPointCommand,
  CreateFileSystemCommand,
  CreateMountTargetCommand,
  DeleteAccessPointCommand,
  DeleteFileSystemCommand,
  DeleteMountTargetCommand,
  DescribeAccessPointsCommand,
  DescribeMountTargetsCommand,
  DescribeMountTargetSecurityGroupsCommand,
  EFSClient,
  ModifyMountTargetSecurityGroupsCommand,
} from "@aws-sdk/client-efs";
import { DeleteSecurityGroupCommand, DescribeNetworkInterfacesCommand, EC2Client } from "@aws-sdk/client-ec2";
import { existsSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { addSecurityGroup, newRule } from "../../../src/sandbox/ec2/security-group.ts";
import { runInstance } from "../../../src/sandbox/ec2/run-instance.ts";
import { mountAnswer } from "../../../src/sandbox/efs/mount-answer.ts";
import { stateOf } from "../../../src/sandbox/efs/life-cycle.ts";
import { eventually, openTestRegion, type TestRegion } from "../open-test-region.ts";

let sandbox: TestRegion;
let efs: EFSClient;
let ec2: EC2Client;
beforeAll(async () => {
  // Long enough for the tests to see that a name does not resolve yet.
  sandbox = await openTestRegion({ timings: { mountTargetDns: 1500 } });
  efs = new EFSClient(sandbox.client);
  ec2 = new EC2Client(sandbox.client);
});
afterAll(() => sandbox.close());

let tokens = 0;

async function makeFileSystem(): Promise<string> {
  tokens += 1;
  const made = await efs.send(new CreateFileSystemCommand({ CreationToken: `token-${tokens}` }));
  const record = sandbox.region.efs.fileSystems.get(made.FileSystemId!)!;
  await eventually(async () => stateOf(record) === "available");
  return made.FileSystemId!;
}

function subnets(): string[] {
  return [...sandbox.region.ec2.subnets.keys()];
}

function makeGroup(groupName: string): string {
  const [vpcId] = sandbox.region.ec2.vpcs.keys();
  return addSecurityGroup(sandbox.region.ec2, { groupName, description: groupName, vpcId: vpcId! }).groupId;
}

async function target(FileSystemId: string, SubnetId: string, SecurityGroups?: string[]) {
  return efs.send(
    new CreateMountTargetCommand({ FileSystemId, SubnetId, ...(SecurityGroups ? { SecurityGroups } : {}) }),
  );
}

async function list(FileSystemId: string) {
  return (await efs.send(new DescribeMountTargetsCommand({ FileSystemId }))).MountTargets!;
}

describe("mount targets", () => {
  test("need a file system that is available", async () => {
    const slow = await openTestRegion({ timings: { fileSystem: 3_600_000 } });
    const client = new EFSClient(slow.client);
    const [SubnetId] = slow.region.ec2.subnets.keys();
    const { FileSystemId, LifeCycleState } = await client.send(
      new CreateFileSystemCommand({ CreationToken: "young" }),
    );
    expect(LifeCycleState).toBe("creating");
    await expect(client.send(new CreateMountTargetCommand({ FileSystemId, SubnetId }))).rejects.toMatchObject(
      {
        name: "IncorrectFileSystemLifeCycleState",
        $metadata: { httpStatusCode: 409 },
      },
    );
    await slow.close();
  });

  test("are one a zone, with an address, an interface and groups", async () => {
    const FileSystemId = await makeFileSystem();
    const group = makeGroup("efs-one");
    const [first, second] = subnets();
    const made = await target(FileSystemId, first!, [group]);
    expect(made).toMatchObject({
      MountTargetId: expect.stringMatching(/^fsmt-0[0-9a-f]{16}$/),
      AvailabilityZoneName: "eu-west-1a",
      IpAddress: expect.stringMatching(/^172\.31\.0\./),
    });
    await target(FileSystemId, second!);
    await expect(target(FileSystemId, first!)).rejects.toMatchObject({
      name: "MountTargetConflict",
      message: "mount target already exists in this AZ",
    });
    await eventually(async () =>
      (await list(FileSystemId)).every((one) => one.LifeCycleState === "available"),
    );
    const { MountTargetId, NetworkInterfaceId } = made;
    const interfaces = await ec2.send(
      new DescribeNetworkInterfacesCommand({ NetworkInterfaceIds: [NetworkInterfaceId!] }),
    );
    expect(interfaces.NetworkInterfaces).toMatchObject([
      { RequesterManaged: true, Groups: [{ GroupId: group }], PrivateIpAddress: made.IpAddress },
    ]);
    await expect(ec2.send(new DeleteSecurityGroupCommand({ GroupId: group }))).rejects.toMatchObject({
      name: "DependencyViolation",
    });
    const other = makeGroup("efs-two");
    await efs.send(new ModifyMountTargetSecurityGroupsCommand({ MountTargetId, SecurityGroups: [other] }));
    const shown = await efs.send(new DescribeMountTargetSecurityGroupsCommand({ MountTargetId }));
    expect(shown.SecurityGroups).toEqual([other]);
    await ec2.send(new DeleteSecurityGroupCommand({ GroupId: group }));

    await expect(efs.send(new DeleteFileSystemCommand({ FileSystemId }))).rejects.toMatchObject({
      name: "FileSystemInUse",
    });
    for (const one of await list(FileSystemId)) {
      await efs.send(new DeleteMountTargetCommand({ MountTargetId: one.MountTargetId }));
    }
    await eventually(async () => (await list(FileSystemId)).length === 0);
    await efs.send(new DeleteFileSystemCommand({ FileSystemId }));
  });

  test("need a subnet, groups and an address that exist", async () => {
    const FileSystemId = await makeFileSystem();
    const [SubnetId] = subnets();
    await expect(target(FileSystemId, "subnet-0123456789abcdef0")).rejects.toMatchObject({
      name: "SubnetNotFound",
      $metadata: { httpStatusCode: 400 },
    });
    await expect(target(FileSystemId, SubnetId!, ["sg-0123456789abcdef0"])).rejects.toMatchObject({
      name: "SecurityGroupNotFound",
    });
    await expect(
      target(
        FileSystemId,
        SubnetId!,
        subnets()
          .map(() => "sg-12345678")
          .concat(["sg-1", "sg-2", "sg-3"]),
      ),
    ).rejects.toMatchObject({
      name: "ValidationException",
    });
    const at = (IpAddress: string) =>
      efs.send(new CreateMountTargetCommand({ FileSystemId, SubnetId, IpAddress }));
    await expect(at("10.0.0.1")).rejects.toMatchObject({ name: "BadRequest" });
    expect((await at("172.31.9.9")).IpAddress).toBe("172.31.9.9");
    const another = await makeFileSystem();
    await expect(
      efs.send(new CreateMountTargetCommand({ FileSystemId: another, SubnetId, IpAddress: "172.31.9.9" })),
    ).rejects.toMatchObject({ name: "IpAddressInUse" });
  });

  test("are described by exactly one id", async () => {
    await expect(efs.send(new DescribeMountTargetsCommand({}))).rejects.toMatchObject({ name: "BadRequest" });
    await expect(
      efs.send(new DescribeMountTargetsCommand({ MountTargetId: "fsmt-0123456789abcdef0" })),
    ).rejects.toMatchObject({ name: "MountTargetNotFound" });
  });
});

test("access points are idempotent by token, listed and deleted", async () => {
  const FileSystemId = await makeFileSystem();
  const input = {
    FileSystemId,
    ClientToken: "once",
    PosixUser: { Uid: 900, Gid: 900 },
    RootDirectory: { Path: "/models", CreationInfo: { OwnerUid: 900, OwnerGid: 900, Permissions: "0755" } },
  };
  const made = await efs.send(new CreateAccessPointCommand(input));
  expect(made).toMatchObject({ PosixUser: { Uid: 900 }, RootDirectory: { Path: "/models" } });
  await expect(efs.send(new CreateAccessPointCommand(input))).rejects.toMatchObject({
    name: "AccessPointAlreadyExists",
    AccessPointId: made.AccessPointId,
  });
  const listed = await efs.send(new DescribeAccessPointsCommand({ FileSystemId }));
  expect(listed.AccessPoints?.map((one) => one.AccessPointId)).toEqual([made.AccessPointId]);
  await efs.send(new DeleteAccessPointCommand({ AccessPointId: made.AccessPointId }));
  await eventually(async () => {
    const left = await efs.send(new DescribeAccessPointsCommand({ FileSystemId }));
    return left.AccessPoints?.length === 0;
  });
  await expect(
    efs.send(new DescribeAccessPointsCommand({ AccessPointId: made.AccessPointId })),
  ).rejects.toMatchObject({ name: "AccessPointNotFound" });
});

describe("what a mount meets", () => {
  test("an unknown name, then silence, then the file system", async () => {
    const { region } = sandbox;
    const FileSystemId = await makeFileSystem();
    const [subnetId, otherSubnet] = subnets();
    const instanceGroup = makeGroup("mounting");
    const { instanceId } = runInstance(region, {
      instanceType: "t3.small",
      subnetId: subnetId!,
      securityGroupIds: [instanceGroup],
    });
    const mount = (more: object = {}) =>
      mountAnswer(region, instanceId, { fileSystemId: FileSystemId, ...more });
    expect(mount()).toEqual({ state: "unknown-name" });
    const group = makeGroup("mounted");
    const elsewhere = await target(FileSystemId, otherSubnet!, [group]);
    const made = await target(FileSystemId, subnetId!, [group]);
    const record = region.efs.mountTargets.get(made.MountTargetId!)!;
    expect(mount()).toEqual({ state: "unknown-name" });
    await eventually(async () => Date.now() >= record.dnsAt);
    expect(mount()).toEqual({ state: "unreachable", ip: made.IpAddress });
    expect(mount({ mountTargetIp: "172.31.200.200" })).toEqual({ state: "unreachable" });

    region.ec2.securityGroups.get(group)!.rules.push(
      newRule({
        egress: false,
        protocol: "tcp",
        fromPort: 2049,
        toPort: 2049,
        source: { kind: "group", groupId: instanceGroup },
      }),
    );
    const { directory } = region.efs.fileSystems.get(FileSystemId)!;
    expect(mount()).toEqual({ state: "ok", directory, ip: made.IpAddress });
    // By its address a target of another zone will do, and nobody has to say which file system is meant.
    expect(mount({ mountTargetIp: elsewhere.IpAddress })).toMatchObject({ state: "ok", directory });
    expect(mount({ fileSystemId: "", mountTargetIp: made.IpAddress })).toMatchObject({ state: "ok" });
    expect(mount({ iam: true })).toMatchObject({
      state: "refused",
      message: expect.stringContaining("AWS Access Key ID"),
    });

    const accessPoint = await efs.send(
      new CreateAccessPointCommand({
        FileSystemId,
        ClientToken: "mounting",
        RootDirectory: { Path: "/a/b", CreationInfo: { OwnerUid: 900, OwnerGid: 900, Permissions: "0750" } },
      }),
    );
    const accessPointId = accessPoint.AccessPointId!;
    const answer = await eventually(async () => {
      const now = mount({ accessPointId });
      return now.state === "ok" && now;
    });
    expect(answer).toMatchObject({ directory: `${directory}/a/b` });
    expect(existsSync(`${directory}/a/b`)).toBe(true);
    expect(mount({ accessPointId: "fsap-0123456789abcdef0" })).toMatchObject({ state: "refused" });
    const bare = await efs.send(
      new CreateAccessPointCommand({ FileSystemId, ClientToken: "bare", RootDirectory: { Path: "/absent" } }),
    );
    await eventually(async () => {
      const now = mount({ accessPointId: bare.AccessPointId });
      return now.state === "refused" && now.message.includes("No such file or directory");
    });

    await efs.send(new DeleteMountTargetCommand({ MountTargetId: made.MountTargetId }));
    expect(mount()).toEqual({ state: "unknown-name" });
  });
});
