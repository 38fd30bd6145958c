import {
  AuthorizeSecurityGroupEgressCommand,
  AuthorizeSecurityGroupIngressCommand,
  CreateSecurityGroupCommand,
  DeleteSecurityGroupCommand,
  DescribeNetworkInterfacesCommand,
  DescribeSecurityGroupRulesCommand,
  DescribeSecurityGroupsCommand,
  EC2Client,
  RevokeSecurityGroupEgressCommand,
  RevokeSecurityGroupIngressCommand,
  TerminateInstancesCommand,
} from "@aws-sdk/client-ec2";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { admits } from "../../../src/sandbox/ec2/admits.ts";
import { runInstance } from "../../../src/sandbox/ec2/run-instance.ts";
import { eventually, openTestRegion, type TestRegion } from "../open-test-region.ts";

let sandbox: TestRegion;
let ec2: EC2Client;
beforeAll(async () => {
  sandbox = await openTestRegion();
  ec2 = new EC2Client(sandbox.client);
});
afterAll(() => sandbox.close());

async function makeGroup(name: string): Promise<string> {
  const made = await ec2.send(
    new CreateSecurityGroupCommand({ GroupName: name, Description: `for ${name}` }),
  );
  return made.GroupId!;
}

const ssh = (cidr: string) => ({ IpProtocol: "tcp", FromPort: 22, ToPort: 22, IpRanges: [{ CidrIp: cidr }] });

describe("security groups", () => {
  test("are made in the default VPC with an egress rule, tagged and found by name", async () => {
    const made = await ec2.send(
      new CreateSecurityGroupCommand({
        GroupName: "made",
        Description: "made here",
        TagSpecifications: [{ ResourceType: "security-group", Tags: [{ Key: "owner", Value: "test" }] }],
      }),
    );
    expect(made.GroupId).toMatch(/^sg-0[0-9a-f]{16}$/);
    const found = await ec2.send(
      new DescribeSecurityGroupsCommand({
        Filters: [
          { Name: "group-name", Values: ["ma*"] },
          { Name: "tag:owner", Values: ["test"] },
        ],
      }),
    );
    expect(found.SecurityGroups).toMatchObject([
      {
        GroupId: made.GroupId,
        GroupName: "made",
        Description: "made here",
        IpPermissions: [],
        IpPermissionsEgress: [{ IpProtocol: "-1", IpRanges: [{ CidrIp: "0.0.0.0/0" }] }],
        Tags: [{ Key: "owner", Value: "test" }],
      },
    ]);
  });

  test("can't have the name of another, or a reserved one", async () => {
    await makeGroup("twice");
    await expect(makeGroup("twice")).rejects.toMatchObject({ name: "InvalidGroup.Duplicate" });
    await expect(makeGroup("default")).rejects.toMatchObject({ name: "InvalidParameterValue" });
    await expect(makeGroup("sg-mine")).rejects.toMatchObject({ name: "InvalidParameterValue" });
  });

  test("that don't exist are not found, and malformed ids are said to be", async () => {
    await expect(
      ec2.send(new DescribeSecurityGroupsCommand({ GroupIds: ["sg-0123456789abcdef0"] })),
    ).rejects.toMatchObject({
      name: "InvalidGroup.NotFound",
      message: "The security group 'sg-0123456789abcdef0' does not exist",
    });
    await expect(
      ec2.send(new DescribeSecurityGroupsCommand({ GroupIds: ["nonsense"] })),
    ).rejects.toMatchObject({
      name: "InvalidGroupId.Malformed",
    });
    await expect(
      ec2.send(new DescribeSecurityGroupsCommand({ Filters: [{ Name: "colour", Values: ["red"] }] })),
    ).rejects.toMatchObject({ name: "InvalidParameterValue", message: "The filter 'colour' is invalid" });
  });

  test("are listed in pages", async () => {
    const seen: string[] = [];
    let NextToken: string | undefined;
    do {
      const page = await ec2.send(
        new DescribeSecurityGroupsCommand({ MaxResults: 5, ...(NextToken ? { NextToken } : {}) }),
      );
      seen.push(...page.SecurityGroups!.map((group) => group.GroupId!));
      ({ NextToken } = page);
      if (seen.length < 6)
        await Promise.all([1, 2, 3, 4, 5].map((n) => makeGroup(`page-${seen.length}-${n}`)));
    } while (NextToken);
    expect(new Set(seen).size).toBe(seen.length);
    await expect(ec2.send(new DescribeSecurityGroupsCommand({ NextToken: "bogus" }))).rejects.toMatchObject({
      name: "InvalidParameterValue",
    });
  });
});

describe("rules", () => {
  test("are added once, shown together, and taken away", async () => {
    const GroupId = await makeGroup("rules");
    const other = await makeGroup("rules-other");
    const permissions = [
      { ...ssh("198.51.100.7/32"), UserIdGroupPairs: [{ GroupId: other, Description: "the other" }] },
    ];
    const added = await ec2.send(
      new AuthorizeSecurityGroupIngressCommand({ GroupId, IpPermissions: permissions }),
    );
    expect(added.SecurityGroupRules).toHaveLength(2);
    await expect(
      ec2.send(
        new AuthorizeSecurityGroupIngressCommand({ GroupId, IpPermissions: [ssh("198.51.100.7/32")] }),
      ),
    ).rejects.toMatchObject({
      name: "InvalidPermission.Duplicate",
      message:
        'the specified rule "peer: 198.51.100.7/32, TCP, from port: 22, to port: 22, ALLOW" already exists',
    });
    const shown = await ec2.send(new DescribeSecurityGroupsCommand({ GroupIds: [GroupId] }));
    expect(shown.SecurityGroups?.[0]?.IpPermissions).toMatchObject([
      {
        IpProtocol: "tcp",
        FromPort: 22,
        ToPort: 22,
        IpRanges: [{ CidrIp: "198.51.100.7/32" }],
        UserIdGroupPairs: [{ GroupId: other, Description: "the other" }],
      },
    ]);
    const rules = await ec2.send(
      new DescribeSecurityGroupRulesCommand({ Filters: [{ Name: "group-id", Values: [GroupId] }] }),
    );
    expect(rules.SecurityGroupRules?.map((rule) => rule.IsEgress)).toEqual([true, false, false]);

    const first = added.SecurityGroupRules![0]!.SecurityGroupRuleId!;
    await ec2.send(new RevokeSecurityGroupIngressCommand({ GroupId, SecurityGroupRuleIds: [first] }));
    await expect(
      ec2.send(new RevokeSecurityGroupIngressCommand({ GroupId, IpPermissions: [ssh("198.51.100.7/32")] })),
    ).rejects.toMatchObject({ name: "InvalidPermission.NotFound" });
  });

  test("for egress", async () => {
    const GroupId = await makeGroup("egress");
    const everything = [{ IpProtocol: "-1", IpRanges: [{ CidrIp: "0.0.0.0/0" }] }];
    await ec2.send(new RevokeSecurityGroupEgressCommand({ GroupId, IpPermissions: everything }));
    await ec2.send(new AuthorizeSecurityGroupEgressCommand({ GroupId, IpPermissions: everything }));
    const shown = await ec2.send(new DescribeSecurityGroupsCommand({ GroupIds: [GroupId] }));
    expect(shown.SecurityGroups?.[0]?.IpPermissionsEgress).toHaveLength(1);
  });

  test.each([
    ["a malformed range", [ssh("10.0.0.0/33")], "InvalidParameterValue"],
    ["no source", [{ IpProtocol: "tcp", FromPort: 1, ToPort: 2 }], "InvalidParameterValue"],
    ["no ports", [{ IpProtocol: "tcp", IpRanges: [{ CidrIp: "10.0.0.0/8" }] }], "InvalidParameterValue"],
    [
      "ports the wrong way round",
      [{ ...ssh("10.0.0.0/8"), FromPort: 90, ToPort: 80 }],
      "InvalidParameterValue",
    ],
    ["an unknown protocol", [{ ...ssh("10.0.0.0/8"), IpProtocol: "carrier" }], "InvalidPermission.Malformed"],
    [
      "an unknown group",
      [{ IpProtocol: "-1", UserIdGroupPairs: [{ GroupId: "sg-0123456789abcdef0" }] }],
      "InvalidGroup.NotFound",
    ],
  ])("with %s are refused, and none of a request's is kept", async (_what, IpPermissions, name) => {
    const GroupId = await makeGroup(`bad ${_what}`);
    await expect(
      ec2.send(
        new AuthorizeSecurityGroupIngressCommand({
          GroupId,
          IpPermissions: [ssh("192.0.2.1/32"), ...IpPermissions],
        }),
      ),
    ).rejects.toMatchObject({ name });
    const shown = await ec2.send(new DescribeSecurityGroupsCommand({ GroupIds: [GroupId] }));
    expect(shown.SecurityGroups?.[0]?.IpPermissions).toEqual([]);
  });
});

describe("deletion", () => {
  test("waits for rules of other groups and for interfaces", async () => {
    const used = await makeGroup("used");
    const naming = await makeGroup("naming");
    const pair = [{ IpProtocol: "tcp", FromPort: 2049, ToPort: 2049, UserIdGroupPairs: [{ GroupId: used }] }];
    await ec2.send(new AuthorizeSecurityGroupIngressCommand({ GroupId: naming, IpPermissions: pair }));
    const remove = () => ec2.send(new DeleteSecurityGroupCommand({ GroupId: used }));
    await expect(remove()).rejects.toMatchObject({ name: "DependencyViolation" });
    await ec2.send(new DeleteSecurityGroupCommand({ GroupId: naming }));

    const [subnet] = sandbox.region.ec2.subnets.values();
    const { instanceId } = runInstance(sandbox.region, {
      instanceType: "t3.small",
      subnetId: subnet!.subnetId,
      securityGroupIds: [used],
    });
    const interfaces = await ec2.send(
      new DescribeNetworkInterfacesCommand({ Filters: [{ Name: "group-id", Values: [used] }] }),
    );
    expect(interfaces.NetworkInterfaces).toMatchObject([{ Attachment: { InstanceId: instanceId } }]);
    await expect(remove()).rejects.toMatchObject({
      name: "DependencyViolation",
      message: `resource ${used} has a dependent object`,
    });
    await ec2.send(new TerminateInstancesCommand({ InstanceIds: [instanceId] }));
    await eventually(async () => sandbox.region.ec2.instances.get(instanceId)?.state === "terminated");
    await remove();
    await expect(remove()).rejects.toMatchObject({ name: "InvalidGroup.NotFound" });
  });

  test("of the default group is refused", async () => {
    await expect(ec2.send(new DeleteSecurityGroupCommand({ GroupName: "default" }))).rejects.toMatchObject({
      name: "CannotDelete",
    });
  });
});

test("rules decide who is admitted: by range, by port, by the group of an instance", async () => {
  const web = await makeGroup("web");
  const client = await makeGroup("client");
  await ec2.send(
    new AuthorizeSecurityGroupIngressCommand({
      GroupId: web,
      IpPermissions: [
        ssh("198.51.100.0/24"),
        { IpProtocol: "tcp", FromPort: 8000, ToPort: 9000, UserIdGroupPairs: [{ GroupId: client }] },
      ],
    }),
  );
  const { region } = sandbox;
  const [subnet] = region.ec2.subnets.values();
  const launch = (group: string) =>
    runInstance(region, { instanceType: "t3.small", subnetId: subnet!.subnetId, securityGroupIds: [group] });
  const server = launch(web);
  const peer = launch(client);
  await eventually(async () => peer.state === "running");
  const admit = (port: number, from: string) => admits(region.ec2, server.instanceId, port, from);
  expect([admit(22, "198.51.100.9"), admit(22, "::ffff:198.51.100.9")]).toEqual([true, true]);
  expect([admit(22, "203.0.113.1"), admit(23, "198.51.100.9")]).toEqual([false, false]);
  expect([admit(8080, peer.privateIp), admit(8080, peer.host!.address)]).toEqual([true, true]);
  expect([admit(8080, "198.51.100.9"), admit(7999, peer.privateIp)]).toEqual([false, false]);
});
