import {
  DescribeInstanceTypesCommand,
  DescribeSubnetsCommand,
  DescribeVpcAttributeCommand,
  DescribeVpcsCommand,
  type EC2Client,
  paginateDescribeInstanceTypeOfferings,
} from "@aws-sdk/client-ec2";
import { errorCode } from "./errors.ts";

export interface Vpc {
  readonly id: string;
  readonly isDefault: boolean;
}

export interface Subnet {
  readonly id: string;
  readonly vpcId: string;
  readonly zone: string;
  /** Instances in it get a public address. */
  readonly public: boolean;
  readonly defaultForZone: boolean;
}

/** `x86_64` as EC2 and Elastic Beanstalk spell it. */
export type Architecture = "arm64" | "x86_64";

export interface Network {
  /** The VPC of that id, or the region's default one. */
  vpc(id?: string): Promise<Vpc | undefined>;
  /** EFS's names resolve only in a VPC with DNS support and DNS host names. */
  resolvesNames(vpcId: string): Promise<boolean>;
  subnets(vpcId: string): Promise<readonly Subnet[]>;
  /** The zones that offer an instance type. */
  zonesOffering(instanceType: string): Promise<readonly string[]>;
  /** Undefined where EC2 does not know the type. */
  architecture(instanceType: string): Promise<Architecture | undefined>;
}

/** Opens what EC2 knows of VPCs, subnets and instance types. */
export function openNetwork(ec2: EC2Client): Network {
  return {
    async vpc(id) {
      try {
        const answer = await ec2.send(
          new DescribeVpcsCommand(
            id === undefined ? { Filters: [{ Name: "isDefault", Values: ["true"] }] } : { VpcIds: [id] },
          ),
        );
        const found = answer.Vpcs?.[0];
        return found === undefined
          ? undefined
          : { id: found.VpcId ?? "", isDefault: found.IsDefault ?? false };
      } catch (error) {
        if (errorCode(error)?.startsWith("InvalidVpcID") === true) return undefined;
        throw error;
      }
    },
    async resolvesNames(vpcId) {
      const [support, names] = await Promise.all([
        ec2.send(new DescribeVpcAttributeCommand({ VpcId: vpcId, Attribute: "enableDnsSupport" })),
        ec2.send(new DescribeVpcAttributeCommand({ VpcId: vpcId, Attribute: "enableDnsHostnames" })),
      ]);
      return support.EnableDnsSupport?.Value === true && names.EnableDnsHostnames?.Value === true;
    },
    async subnets(vpcId) {
      const answer = await ec2.send(
        new DescribeSubnetsCommand({ Filters: [{ Name: "vpc-id", Values: [vpcId] }] }),
      );
      return (answer.Subnets ?? [])
        .map((subnet) => ({
          id: subnet.SubnetId ?? "",
          vpcId: subnet.VpcId ?? vpcId,
          zone: subnet.AvailabilityZone ?? "",
          public: subnet.MapPublicIpOnLaunch ?? false,
          defaultForZone: subnet.DefaultForAz ?? false,
        }))
        .toSorted((a, b) => a.zone.localeCompare(b.zone) || a.id.localeCompare(b.id));
    },
    async zonesOffering(instanceType) {
      const zones: string[] = [];
      const pages = paginateDescribeInstanceTypeOfferings(
        { client: ec2 },
        {
          LocationType: "availability-zone",
          Filters: [{ Name: "instance-type", Values: [instanceType] }],
        },
      );
      for await (const page of pages)
        zones.push(...(page.InstanceTypeOfferings ?? []).flatMap(({ Location }) => Location ?? []));
      return zones.toSorted();
    },
    async architecture(instanceType) {
      // By filter, because the SDK's type of the parameter knows only the instance types of its day.
      const answer = await ec2.send(
        new DescribeInstanceTypesCommand({ Filters: [{ Name: "instance-type", Values: [instanceType] }] }),
      );
      const names: readonly string[] = answer.InstanceTypes?.[0]?.ProcessorInfo?.SupportedArchitectures ?? [];
      return names.includes("arm64") ? "arm64" : names.includes("x86_64") ? "x86_64" : undefined;
    },
  };
}
