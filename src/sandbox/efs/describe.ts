import type {
  AccessPointDescription,
  FileSystemDescription,
  MountTargetDescription,
} from "@aws-sdk/client-efs";
import type { Region } from "../region.ts";
import { directorySize } from "./directory-size.ts";
import { mountTargetsOf } from "./find.ts";
import { stateOf } from "./life-cycle.ts";
import type { AccessPoint, FileSystem, MountTarget } from "./state.ts";
import { listTags } from "./tags.ts";

/** An empty file system is metered with the 6 KiB of its metadata. */
const EMPTY_SIZE = 6144;

/** The ARN of a resource of EFS. */
export function arnOf(region: Region, type: "file-system" | "access-point", id: string): string {
  return `arn:aws:elasticfilesystem:${region.name}:${region.accountId}:${type}/${id}`;
}

/** A file system as EFS shows it, with its size as it is now. */
export async function describeFileSystem(
  region: Region,
  fileSystem: FileSystem,
): Promise<FileSystemDescription> {
  const { fileSystemId, availabilityZone, provisionedThroughput } = fileSystem;
  const size = EMPTY_SIZE + (await directorySize(fileSystem.directory));
  const zone = [...region.ec2.subnets.values()].find((one) => one.availabilityZone === availabilityZone);
  return {
    FileSystemId: fileSystemId,
    FileSystemArn: arnOf(region, "file-system", fileSystemId),
    OwnerId: region.accountId,
    CreationToken: fileSystem.creationToken,
    CreationTime: fileSystem.createdAt,
    LifeCycleState: stateOf(fileSystem),
    ...(fileSystem.tags.has("Name") ? { Name: fileSystem.tags.get("Name") } : {}),
    NumberOfMountTargets: mountTargetsOf(region.efs, fileSystemId).length,
    SizeInBytes: {
      Value: size,
      Timestamp: new Date(),
      ValueInIA: 0,
      ValueInStandard: size,
      ValueInArchive: 0,
    },
    PerformanceMode: fileSystem.performanceMode,
    ThroughputMode: fileSystem.throughputMode,
    ...(provisionedThroughput === undefined ? {} : { ProvisionedThroughputInMibps: provisionedThroughput }),
    Encrypted: fileSystem.encrypted,
    ...(fileSystem.kmsKeyId === undefined ? {} : { KmsKeyId: fileSystem.kmsKeyId }),
    ...(zone
      ? { AvailabilityZoneName: zone.availabilityZone, AvailabilityZoneId: zone.availabilityZoneId }
      : {}),
    FileSystemProtection: { ReplicationOverwriteProtection: fileSystem.overwriteProtection },
    Tags: listTags(fileSystem.tags),
  };
}

/** A mount target as EFS shows it. */
export function describeMountTarget(region: Region, target: MountTarget): MountTargetDescription {
  return {
    MountTargetId: target.mountTargetId,
    FileSystemId: target.fileSystemId,
    OwnerId: region.accountId,
    SubnetId: target.subnetId,
    VpcId: target.vpcId,
    AvailabilityZoneName: target.availabilityZone,
    AvailabilityZoneId: target.availabilityZoneId,
    IpAddress: target.ipAddress,
    NetworkInterfaceId: target.networkInterfaceId,
    LifeCycleState: stateOf(target),
  };
}

/** An access point as EFS shows it. */
export function describeAccessPoint(region: Region, accessPoint: AccessPoint): AccessPointDescription {
  const { posixUser, creationInfo } = accessPoint;
  const name = accessPoint.tags.get("Name");
  return {
    AccessPointId: accessPoint.accessPointId,
    AccessPointArn: arnOf(region, "access-point", accessPoint.accessPointId),
    ClientToken: accessPoint.clientToken,
    FileSystemId: accessPoint.fileSystemId,
    OwnerId: region.accountId,
    LifeCycleState: stateOf(accessPoint),
    ...(name === undefined ? {} : { Name: name }),
    ...(posixUser
      ? { PosixUser: { Uid: posixUser.uid, Gid: posixUser.gid, SecondaryGids: posixUser.secondaryGids } }
      : {}),
    RootDirectory: {
      Path: accessPoint.path,
      ...(creationInfo
        ? {
            CreationInfo: {
              OwnerUid: creationInfo.ownerUid,
              OwnerGid: creationInfo.ownerGid,
              Permissions: creationInfo.permissions,
            },
          }
        : {}),
    },
    Tags: listTags(accessPoint.tags),
  };
}
