import type { Operation } from "../wire/operation.ts";
import { authorizeSecurityGroupEgress } from "./authorize-security-group-egress.ts";
import { authorizeSecurityGroupIngress } from "./authorize-security-group-ingress.ts";
import { createInstanceConnectEndpoint } from "./create-instance-connect-endpoint.ts";
import { createKeyPair } from "./create-key-pair.ts";
import { createSecurityGroup } from "./create-security-group.ts";
import { createTags } from "./create-tags.ts";
import { deleteInstanceConnectEndpoint } from "./delete-instance-connect-endpoint.ts";
import { deleteKeyPair } from "./delete-key-pair.ts";
import { deleteSecurityGroup } from "./delete-security-group.ts";
import { deleteTags } from "./delete-tags.ts";
import { describeAddresses } from "./describe-addresses.ts";
import { describeAvailabilityZones } from "./describe-availability-zones.ts";
import { describeInstanceConnectEndpoints } from "./describe-instance-connect-endpoints.ts";
import { describeInstanceStatus } from "./describe-instance-status.ts";
import { describeInstanceTypeOfferings } from "./describe-instance-type-offerings.ts";
import { describeInstanceTypes } from "./describe-instance-types.ts";
import { describeInstances } from "./describe-instances.ts";
import { describeInternetGateways } from "./describe-internet-gateways.ts";
import { describeKeyPairs } from "./describe-key-pairs.ts";
import { describeNetworkInterfaces } from "./describe-network-interfaces.ts";
import { describeRegions } from "./describe-regions.ts";
import { describeRouteTables } from "./describe-route-tables.ts";
import { describeSecurityGroupRules } from "./describe-security-group-rules.ts";
import { describeSecurityGroups } from "./describe-security-groups.ts";
import { describeSubnets } from "./describe-subnets.ts";
import { describeVolumes } from "./describe-volumes.ts";
import { describeVpcAttribute } from "./describe-vpc-attribute.ts";
import { describeVpcs } from "./describe-vpcs.ts";
import { getConsoleOutput } from "./get-console-output.ts";
import { importKeyPair } from "./import-key-pair.ts";
import { modifySubnetAttribute } from "./modify-subnet-attribute.ts";
import { rebootInstances } from "./reboot-instances.ts";
import { revokeSecurityGroupEgress } from "./revoke-security-group-egress.ts";
import { revokeSecurityGroupIngress } from "./revoke-security-group-ingress.ts";
import { terminateInstances } from "./terminate-instances.ts";
import { honourDryRun } from "./honour-dry-run.ts";

const all: readonly Operation[] = [
  authorizeSecurityGroupEgress,
  authorizeSecurityGroupIngress,
  createInstanceConnectEndpoint,
  createKeyPair,
  createSecurityGroup,
  createTags,
  deleteInstanceConnectEndpoint,
  deleteKeyPair,
  deleteSecurityGroup,
  deleteTags,
  describeAddresses,
  describeAvailabilityZones,
  describeInstanceConnectEndpoints,
  describeInstanceStatus,
  describeInstanceTypeOfferings,
  describeInstanceTypes,
  describeInstances,
  describeInternetGateways,
  describeKeyPairs,
  describeNetworkInterfaces,
  describeRegions,
  describeRouteTables,
  describeSecurityGroupRules,
  describeSecurityGroups,
  describeSubnets,
  describeVolumes,
  describeVpcAttribute,
  describeVpcs,
  getConsoleOutput,
  importKeyPair,
  modifySubnetAttribute,
  rebootInstances,
  revokeSecurityGroupEgress,
  revokeSecurityGroupIngress,
  terminateInstances,
];

/** Every EC2 operation that the sandbox answers. */
export const operations: readonly Operation[] = all.map(honourDryRun);
