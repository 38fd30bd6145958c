import { chmodSync, chownSync, existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { groupsAdmit } from "../ec2/admits.ts";
import type { MountAnswer } from "../hosts/host.ts";
import type { Region } from "../region.ts";
import { stateOf } from "./life-cycle.ts";
import type { AccessPoint, FileSystem, MountTarget } from "./state.ts";

/** What an instance asks for: `mount -t efs -o accesspoint=…,mounttargetip=… FILE_SYSTEM:/`. */
export interface MountRequest {
  readonly fileSystemId: string;
  readonly accessPointId?: string;
  readonly mountTargetIp?: string;
}

const NFS = 2049;

/**
 * What an instance's mount meets. The name resolves only while a mount target of the instance's own zone is available,
 * and some time after that; the target answers only if its security groups admit the instance on 2049.
 */
export function mountAnswer(region: Region, instanceId: string, request: MountRequest): MountAnswer {
  const { ec2, efs } = region;
  const instance = ec2.instances.get(instanceId);
  const fileSystem = efs.fileSystems.get(request.fileSystemId);
  if (!instance || !fileSystem || stateOf(fileSystem) !== "available") {
    return request.mountTargetIp === undefined ? { state: "unknown-name" } : { state: "unreachable" };
  }
  const targets = [...efs.mountTargets.values()].filter(
    (one) => one.fileSystemId === fileSystem.fileSystemId && stateOf(one) === "available",
  );
  let target: MountTarget | undefined;
  if (request.mountTargetIp === undefined) {
    target = targets.find(
      (one) => one.availabilityZone === instance.availabilityZone && one.dnsAt <= Date.now(),
    );
    const vpc = ec2.vpcs.get(instance.vpcId);
    if (!target || target.vpcId !== instance.vpcId || !vpc?.dnsSupport) return { state: "unknown-name" };
  } else {
    target = targets.find((one) => one.ipAddress === request.mountTargetIp);
  }
  const knock = {
    port: NFS,
    address: instance.privateIp,
    securityGroupIds: instance.securityGroupIds,
  };
  if (!target || !groupsAdmit(ec2, target.securityGroupIds, knock)) return { state: "unreachable" };
  if (request.accessPointId === undefined) return { state: "ok", directory: fileSystem.directory };
  const accessPoint = efs.accessPoints.get(request.accessPointId);
  if (
    !accessPoint ||
    accessPoint.fileSystemId !== fileSystem.fileSystemId ||
    stateOf(accessPoint) !== "available"
  ) {
    return { state: "refused", message: "access denied by server while mounting 127.0.0.1:/" };
  }
  return openAccessPoint(fileSystem, accessPoint);
}

/** EFS makes an access point's directory at the first mount, if it was told whose it is. */
function openAccessPoint(fileSystem: FileSystem, accessPoint: AccessPoint): MountAnswer {
  const directory = join(fileSystem.directory, accessPoint.path);
  if (existsSync(directory)) return { state: "ok", directory };
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
  return { state: "ok", directory };
}
