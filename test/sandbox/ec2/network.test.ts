import {
  CreateInstanceConnectEndpointCommand,
  CreateTagsCommand,
  DeleteInstanceConnectEndpointCommand,
  DeleteTagsCommand,
  DescribeAddressesCommand,
  DescribeAvailabilityZonesCommand,
  DescribeInstanceConnectEndpointsCommand,
  DescribeInstanceTypeOfferingsCommand,
  DescribeInstanceTypesCommand,
  DescribeInternetGatewaysCommand,
  DescribeRegionsCommand,
  DescribeRouteTablesCommand,
  DescribeSubnetsCommand,
  DescribeVpcAttributeCommand,
  DescribeVpcsCommand,
  EC2Client,
} from "@aws-sdk/client-ec2";
import { afterAll, beforeAll, expect, test } from "vitest";
import { eventually, openTestRegion, type TestRegion } from "../open-test-region.ts";

let sandbox: TestRegion;
let ec2: EC2Client;
beforeAll(async () => {
  sandbox = await openTestRegion();
  ec2 = new EC2Client(sandbox.client);
});
afterAll(() => sandbox.close());

test("a default VPC with DNS, three public subnets in three zones, and a way out", async () => {
  const { Vpcs } = await ec2.send(
    new DescribeVpcsCommand({ Filters: [{ Name: "is-default", Values: ["true"] }] }),
  );
  expect(Vpcs).toMatchObject([{ IsDefault: true, State: "available", CidrBlock: "172.31.0.0/16" }]);
  const VpcId = Vpcs![0]!.VpcId!;
  const support = await ec2.send(new DescribeVpcAttributeCommand({ VpcId, Attribute: "enableDnsSupport" }));
  const names = await ec2.send(new DescribeVpcAttributeCommand({ VpcId, Attribute: "enableDnsHostnames" }));
  expect([support.EnableDnsSupport, names.EnableDnsHostnames]).toEqual([{ Value: true }, { Value: true }]);
  const { Subnets } = await ec2.send(
    new DescribeSubnetsCommand({
      Filters: [
        { Name: "vpc-id", Values: [VpcId] },
        { Name: "default-for-az", Values: ["true"] },
      ],
    }),
  );
  expect(
    Subnets?.map((subnet) => [subnet.AvailabilityZone, subnet.AvailabilityZoneId, subnet.CidrBlock]),
  ).toEqual([
    ["eu-west-1a", "euw1-az1", "172.31.0.0/20"],
    ["eu-west-1b", "euw1-az2", "172.31.16.0/20"],
    ["eu-west-1c", "euw1-az3", "172.31.32.0/20"],
  ]);
  const { InternetGateways } = await ec2.send(
    new DescribeInternetGatewaysCommand({ Filters: [{ Name: "attachment.vpc-id", Values: [VpcId] }] }),
  );
  const { RouteTables } = await ec2.send(
    new DescribeRouteTablesCommand({ Filters: [{ Name: "association.main", Values: ["true"] }] }),
  );
  expect(RouteTables?.[0]?.Routes).toMatchObject([
    { GatewayId: "local" },
    { DestinationCidrBlock: "0.0.0.0/0", GatewayId: InternetGateways?.[0]?.InternetGatewayId },
  ]);
  await expect(
    ec2.send(new DescribeVpcsCommand({ VpcIds: ["vpc-0123456789abcdef0"] })),
  ).rejects.toMatchObject({
    name: "InvalidVpcID.NotFound",
  });
  await expect(ec2.send(new DescribeSubnetsCommand({ SubnetIds: ["subnet-xyz"] }))).rejects.toMatchObject({
    name: "InvalidSubnetID.Malformed",
  });
});

test("one region, its zones and no addresses", async () => {
  const regions = await ec2.send(new DescribeRegionsCommand({}));
  expect(regions.Regions?.map((region) => region.RegionName)).toEqual(["eu-west-1"]);
  await expect(ec2.send(new DescribeRegionsCommand({ RegionNames: ["mars-1"] }))).rejects.toMatchObject({
    name: "InvalidParameterValue",
  });
  const zones = await ec2.send(new DescribeAvailabilityZonesCommand({}));
  expect(zones.AvailabilityZones?.map((zone) => zone.ZoneName)).toEqual([
    "eu-west-1a",
    "eu-west-1b",
    "eu-west-1c",
  ]);
  await expect(
    ec2.send(new DescribeAvailabilityZonesCommand({ ZoneNames: ["eu-west-1z"] })),
  ).rejects.toMatchObject({ name: "InvalidParameterValue" });
  expect((await ec2.send(new DescribeAddressesCommand({}))).Addresses).toEqual([]);
  await expect(ec2.send(new DescribeAddressesCommand({ PublicIps: ["192.0.2.1"] }))).rejects.toMatchObject({
    name: "InvalidAddress.NotFound",
  });
});

test("instance types with their architecture, memory and zones", async () => {
  const types = await ec2.send(
    new DescribeInstanceTypesCommand({ InstanceTypes: ["t4g.small", "m6i.xlarge"] }),
  );
  expect(
    types.InstanceTypes?.map((type) => [
      type.InstanceType,
      type.ProcessorInfo?.SupportedArchitectures,
      type.VCpuInfo?.DefaultVCpus,
      type.MemoryInfo?.SizeInMiB,
    ]),
  ).toEqual([
    ["t4g.small", ["arm64"], 2, 2048],
    ["m6i.xlarge", ["x86_64"], 4, 16_384],
  ]);
  await expect(
    ec2.send(new DescribeInstanceTypesCommand({ InstanceTypes: ["t9.huge" as never] })),
  ).rejects.toMatchObject({
    name: "InvalidInstanceType",
    message: "The following supplied instance types do not exist: [t9.huge]",
  });
  const offered = await ec2.send(
    new DescribeInstanceTypeOfferingsCommand({
      LocationType: "availability-zone",
      Filters: [{ Name: "instance-type", Values: ["t3.small"] }],
    }),
  );
  expect(offered.InstanceTypeOfferings?.map((one) => one.Location)).toEqual([
    "eu-west-1a",
    "eu-west-1b",
    "eu-west-1c",
  ]);
});

test("tags are put on and taken off, reserved ones refused, and a dry run does nothing", async () => {
  const [subnet] = sandbox.region.ec2.subnets.values();
  const Resources = [subnet!.subnetId];
  await ec2.send(
    new CreateTagsCommand({
      Resources,
      Tags: [
        { Key: "a", Value: "1" },
        { Key: "b", Value: "2" },
      ],
    }),
  );
  await ec2.send(new DeleteTagsCommand({ Resources, Tags: [{ Key: "a" }, { Key: "b", Value: "other" }] }));
  expect([...subnet!.tags]).toEqual([["b", "2"]]);
  const reserved = new CreateTagsCommand({ Resources, Tags: [{ Key: "aws:x", Value: "1" }] });
  await expect(ec2.send(reserved)).rejects.toMatchObject({ name: "InvalidParameterValue" });
  const nobody = new CreateTagsCommand({
    Resources: ["i-0123456789abcdef0"],
    Tags: [{ Key: "a", Value: "" }],
  });
  await expect(ec2.send(nobody)).rejects.toMatchObject({ name: "InvalidID" });
  const dry = new CreateTagsCommand({ Resources, Tags: [{ Key: "c", Value: "3" }], DryRun: true });
  await expect(ec2.send(dry)).rejects.toMatchObject({
    name: "DryRunOperation",
    $metadata: { httpStatusCode: 412 },
  });
  expect(subnet!.tags.has("c")).toBe(false);
});

test("an Instance Connect endpoint goes through its states", async () => {
  const [subnet] = sandbox.region.ec2.subnets.values();
  const made = await ec2.send(new CreateInstanceConnectEndpointCommand({ SubnetId: subnet!.subnetId }));
  expect(made.InstanceConnectEndpoint).toMatchObject({
    SubnetId: subnet!.subnetId,
  });
  const id = made.InstanceConnectEndpoint!.InstanceConnectEndpointId!;
  const describe = async () => {
    const all = await ec2.send(new DescribeInstanceConnectEndpointsCommand({}));
    return all.InstanceConnectEndpoints?.find((one) => one.InstanceConnectEndpointId === id)?.State;
  };
  await eventually(async () => (await describe()) === "create-complete");
  await ec2.send(new DeleteInstanceConnectEndpointCommand({ InstanceConnectEndpointId: id }));
  await eventually(async () => (await describe()) === undefined);
});
