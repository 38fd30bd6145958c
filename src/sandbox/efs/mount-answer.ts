import { chmodSync, chownSync, existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { groupsAdmit } from "../ec2/admits.ts";
import type { Instance } from "../ec2/instance.ts";
import type { MountAnswer, MountRequest } from "../hosts/host.ts";
import type { Region } from "../region.ts";
import { stateOf } from "./life-cycle.ts";
import type { AccessPoint, FileSystem, MountTarget } from "./state.ts";

const NFS = 2049;

/**
 * What an instance's mount meets. The name resolves only while a mount target of the instance's own zone is available,
 * and some time after that; the target answers only if its security groups admit the instance on 2049.
 */
export function mountAnswer(region: Region, instanceId: string, request: MountRequest): MountAnswer {
  const { ec2, efs } = region;
  const instance = ec2.instances.get(instanceId);
  const target = instance && findTarget(region, instance, request);
  if (!instance || !target) {
    return { state: request.mountTargetIp === undefined ? "unknown-name" : "unreachable" };
  }
  const knock = {
    port: NFS,
    address: instance.privateIp,
    securityGroupIds: instance.securityGroupIds,
  };
  if (!groupsAdmit(ec2, target.securityGroupIds, knock))
    return { state: "unreachable", ip: target.ipAddress };
  const fileSystem = efs.fileSystems.get(target.fileSystemId)!;
  if (request.iam === true && !hasRole(region, instance)) {
    return {
      state: "refused",
      message:
        "AWS Access Key ID and Secret Access Key are not found in the instance security credentials service",
    };
  }
  if (request.accessPointId === undefined) {
    return { state: "ok", directory: fileSystem.directory, ip: target.ipAddress };
  }
  const accessPoint = efs.accessPoints.get(request.accessPointId);
  if (accessPoint?.fileSystemId !== fileSystem.fileSystemId || stateOf(accessPoint) !== "available") {
    return { state: "refused", message: "access denied by server while mounting 127.0.0.1:/" };
  }
  return openAccessPoint(fileSystem, accessPoint, target);
}

/** The mount target that the request leads to: by DNS that of the instance's zone, or the one with the address. */
function findTarget(region: Region, instance: Instance, request: MountRequest): MountTarget | undefined {
  const { efs, ec2 } = region;
  const available = [...efs.mountTargets.values()].filter((one) => {
    const fileSystem = efs.fileSystems.get(one.fileSystemId);
    // Somebody who only knocks at an address names no file system.
    const meant = request.fileSystemId === "" || one.fileSystemId === request.fileSystemId;
    return (
      meant && fileSystem !== undefined && stateOf(fileSystem) === "available" && stateOf(one) === "available"
    );
  });
  if (request.mountTargetIp !== undefined) {
    return available.find((one) => one.ipAddress === request.mountTargetIp);
  }
  if (request.fileSystemId === "" || !ec2.vpcs.get(instance.vpcId)?.dnsSupport) return undefined;
  return available.find(
    (one) =>
      one.availabilityZone === instance.availabilityZone &&
      one.vpcId === instance.vpcId &&
      one.dnsAt <= Date.now(),
  );
}

/** Has the instance a role, whose credentials it could mount with? */
function hasRole({ iam }: Region, instance: Instance): boolean {
  const profile = [...iam.instanceProfiles.values()].find((one) => one.arn === instance.instanceProfileArn);
  return profile?.roles.some((name) => iam.roles.has(name)) ?? false;
}

/** EFS makes an access point's directory at the first mount, if it was told whose it is. */
function openAccessPoint(fileSystem: FileSystem, accessPoint: AccessPoint, target: MountTarget): MountAnswer {
  const directory = join(fileSystem.directory, accessPoint.path);
  if (existsSync(directory)) return { state: "ok", directory, ip: target.ipAddress };
  const info = accessPoint.creationInfo;
  if (!info) {
    return {
      state: "refused",
      message: "mounting 127.0.0.1:/ failed, reason given by server: No such file or directory",
    };
  }
  mkdirSync(directory, { recursive: true });
  chmodSync(directory, Number.parseInt(info.permissions, 8));
  // An ordinary user can't give files away: there, one real uid stands behind every user of an instance.
  if (process.getuid?.() === 0) chownSync(directory, info.ownerUid, info.ownerGid);
  return { state: "ok", directory, ip: target.ipAddress };
}
