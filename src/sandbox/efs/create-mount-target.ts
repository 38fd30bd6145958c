import {
  CreateMountTarget$,
  type CreateMountTargetRequest,
  type MountTargetDescription,
} from "@aws-sdk/client-efs";
import { resourceId } from "../identifiers.ts";
import { type Subnet, takeAddress } from "../ec2/network.ts";
import type { Region } from "../region.ts";
import { type Operation, ServiceError } from "../wire/operation.ts";
import { describeMountTarget } from "./describe.ts";
import { findAvailable, mountTargetsOf } from "./find.ts";
import { checkSecurityGroups } from "./security-groups.ts";
import type { FileSystem, MountTarget } from "./state.ts";

/** CreateMountTarget: one a zone, all of a file system in one VPC. */
export const createMountTarget: Operation<CreateMountTargetRequest, MountTargetDescription> = {
  schema: CreateMountTarget$,
  run(region, input) {
    const { ec2, efs } = region;
    const fileSystem = findAvailable(efs, input.FileSystemId!);
    const subnet = ec2.subnets.get(input.SubnetId!);
    if (!subnet) {
      throw new ServiceError("SubnetNotFound", `The subnet ID '${input.SubnetId}' does not exist`);
    }
    checkPlace(region, fileSystem, subnet);
    if (input.IpAddressType === "IPV6_ONLY" || input.Ipv6Address !== undefined) {
      throw new ServiceError("BadRequest", "The subnet has no IPv6 addresses.");
    }
    const defaults = [...ec2.securityGroups.values()].filter(
      (group) => group.vpcId === subnet.vpcId && group.groupName === "default",
    );
    const securityGroupIds = input.SecurityGroups?.length
      ? checkSecurityGroups(ec2, subnet.vpcId, input.SecurityGroups)
      : defaults.map((group) => group.groupId);
    const createdAt = new Date();
    const availableAt = createdAt.getTime() + region.timings.mountTarget;
    const target: MountTarget = {
      mountTargetId: resourceId("fsmt"),
      fileSystemId: fileSystem.fileSystemId,
      subnetId: subnet.subnetId,
      vpcId: subnet.vpcId,
      availabilityZone: subnet.availabilityZone,
      availabilityZoneId: subnet.availabilityZoneId,
      ipAddress:
        input.IpAddress === undefined ? takeAddress(subnet) : checkAddress(region, subnet, input.IpAddress),
      networkInterfaceId: resourceId("eni"),
      securityGroupIds,
      createdAt,
      availableAt,
      dnsAt: availableAt + region.timings.mountTargetDns,
      deletedAt: undefined,
    };
    efs.mountTargets.set(target.mountTargetId, target);
    return describeMountTarget(region, target);
  },
};

function checkPlace({ efs }: Region, fileSystem: FileSystem, subnet: Subnet): void {
  if (fileSystem.availabilityZone !== undefined && fileSystem.availabilityZone !== subnet.availabilityZone) {
    throw new ServiceError(
      "AvailabilityZonesMismatch",
      "The Availability Zone of the mount target's subnet is not that of the One Zone file system.",
    );
  }
  const others = mountTargetsOf(efs, fileSystem.fileSystemId);
  if (others.some((other) => other.vpcId !== subnet.vpcId)) {
    throw new ServiceError(
      "MountTargetConflict",
      "requested subnet for new mount target is not in the same VPC as existing mount targets",
      409,
    );
  }
  if (others.some((other) => other.availabilityZone === subnet.availabilityZone)) {
    throw new ServiceError("MountTargetConflict", "mount target already exists in this AZ", 409);
  }
}

function checkAddress(region: Region, subnet: Subnet, address: string): string {
  const numberOf = (ip: string): number => ip.split(".").reduce((sum, part) => sum * 256 + Number(part), 0);
  const [network = "", bits = ""] = subnet.cidrBlock.split("/");
  const offset = numberOf(address) - numberOf(network);
  if (offset < 4 || offset >= 2 ** (32 - Number(bits)) - 1) {
    throw new ServiceError("BadRequest", "Address does not fall within the subnet's address range");
  }
  const taken = [
    ...[...region.ec2.instances.values()]
      .filter((one) => one.state !== "terminated")
      .map((one) => one.privateIp),
    ...[...region.efs.mountTargets.values()].map((one) => one.ipAddress),
  ];
  if (taken.includes(address)) {
    throw new ServiceError("IpAddressInUse", `IP address '${address}' is already in use`, 409);
  }
  return address;
}
