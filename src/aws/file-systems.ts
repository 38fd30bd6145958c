import {
  DescribeFileSystemsCommand,
  DescribeMountTargetsCommand,
  type EFSClient,
  type FileSystemDescription,
} from "@aws-sdk/client-efs";
import { errorCode } from "./errors.ts";

export interface FileSystem {
  readonly id: string;
  readonly arn: string;
  /** creating, available, updating, deleting, deleted or error. */
  readonly state: string;
  readonly creationToken: string;
  readonly encrypted: boolean;
  readonly throughput: string;
  /** What is stored, in bytes, as EFS last metered it. */
  readonly bytes: number;
  readonly tags: Readonly<Record<string, string>>;
}

/** Where instances of one zone reach a file system. */
export interface MountTarget {
  readonly id: string;
  readonly availabilityZone: string;
  readonly ip: string;
  readonly subnetId: string;
  readonly vpcId: string;
  readonly state: string;
}

export interface FileSystems {
  byId(id: string): Promise<FileSystem | undefined>;
  byCreationToken(token: string): Promise<FileSystem | undefined>;
  /** Ordered by zone. Empty also where the file system is gone. */
  mountTargets(fileSystemId: string): Promise<readonly MountTarget[]>;
}

/** Opens the EFS adapter. */
export function openFileSystems(efs: EFSClient): FileSystems {
  return {
    async byId(id) {
      try {
        const answer = await efs.send(new DescribeFileSystemsCommand({ FileSystemId: id }));
        const found = answer.FileSystems?.[0];
        return found === undefined ? undefined : fromEfs(found);
      } catch (error) {
        if (errorCode(error) === "FileSystemNotFound") return undefined;
        throw error;
      }
    },
    async byCreationToken(token) {
      const answer = await efs.send(new DescribeFileSystemsCommand({ CreationToken: token }));
      const found = answer.FileSystems?.find(({ LifeCycleState }) => LifeCycleState !== "deleted");
      return found === undefined ? undefined : fromEfs(found);
    },
    async mountTargets(fileSystemId) {
      try {
        const answer = await efs.send(new DescribeMountTargetsCommand({ FileSystemId: fileSystemId }));
        return (answer.MountTargets ?? [])
          .map((target) => ({
            id: target.MountTargetId ?? "",
            availabilityZone: target.AvailabilityZoneName ?? "",
            ip: target.IpAddress ?? "",
            subnetId: target.SubnetId ?? "",
            vpcId: target.VpcId ?? "",
            state: target.LifeCycleState ?? "unknown",
          }))
          .toSorted((a, b) => a.availabilityZone.localeCompare(b.availabilityZone));
      } catch (error) {
        if (errorCode(error) === "FileSystemNotFound") return [];
        throw error;
      }
    },
  };
}

function fromEfs(description: FileSystemDescription): FileSystem {
  return {
    id: description.FileSystemId ?? "",
    arn: description.FileSystemArn ?? "",
    state: description.LifeCycleState ?? "unknown",
    creationToken: description.CreationToken ?? "",
    encrypted: description.Encrypted ?? false,
    throughput: description.ThroughputMode ?? "bursting",
    bytes: description.SizeInBytes?.Value ?? 0,
    tags: Object.fromEntries((description.Tags ?? []).map(({ Key, Value }) => [Key ?? "", Value ?? ""])),
  };
}
