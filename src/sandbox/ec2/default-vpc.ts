import { resourceId } from "../identifiers.ts";
import { addSecurityGroup, newRule } from "./security-group.ts";
import type { Ec2State } from "./state.ts";

const ZONES = ["a", "b", "c"] as const;

/** Short region names of zone ids, as AWS abbreviates them: `us-east-1` -> `use1`. */
function zoneIdPrefix(regionName: string): string {
  const [area = "", direction = "", number = ""] = regionName.split("-");
  const short: Record<string, string> = {
    northeast: "ne",
    northwest: "nw",
    southeast: "se",
    southwest: "sw",
  };
  return `${area}${short[direction] ?? direction[0] ?? ""}${number}`;
}

/** Adds the VPC that every account has: a public subnet a zone, a gateway, a route to it, a default group. */
export function addDefaultVpc(ec2: Ec2State): void {
  const vpcId = resourceId("vpc");
  ec2.vpcs.set(vpcId, {
    vpcId,
    cidrBlock: "172.31.0.0/16",
    isDefault: true,
    dnsSupport: true,
    dnsHostnames: true,
    dhcpOptionsId: resourceId("dopt"),
    networkAclId: resourceId("acl"),
    tags: new Map(),
  });
  ZONES.forEach((zone, index) => {
    const subnetId = resourceId("subnet");
    ec2.subnets.set(subnetId, {
      subnetId,
      vpcId,
      cidrBlock: `172.31.${index * 16}.0/20`,
      availabilityZone: `${ec2.regionName}${zone}`,
      availabilityZoneId: `${zoneIdPrefix(ec2.regionName)}-az${index + 1}`,
      defaultForAz: true,
      mapPublicIpOnLaunch: true,
      nextAddress: 10,
      tags: new Map(),
    });
  });
  const internetGatewayId = resourceId("igw");
  ec2.internetGateways.set(internetGatewayId, { internetGatewayId, vpcId, tags: new Map() });
  const routeTableId = resourceId("rtb");
  ec2.routeTables.set(routeTableId, {
    routeTableId,
    associationId: resourceId("rtbassoc"),
    vpcId,
    gatewayId: internetGatewayId,
    tags: new Map(),
  });
  const group = addSecurityGroup(ec2, {
    groupName: "default",
    description: "default VPC security group",
    vpcId,
  });
  group.rules.unshift(
    newRule({ egress: false, protocol: "-1", source: { kind: "group", groupId: group.groupId } }),
  );
}
