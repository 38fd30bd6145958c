import {
  CreateFileSystemCommand,
  CreateMountTargetCommand,
  DeleteFileSystemCommand,
  DeleteMountTargetCommand,
  DescribeBackupPolicyCommand,
  DescribeFileSystemsCommand,
  DescribeMountTargetSecurityGroupsCommand,
  DescribeMountTargetsCommand,
  type EFSClient,
  type FileSystemDescription,
  ModifyMountTargetSecurityGroupsCommand,
  PutBackupPolicyCommand,
  UpdateFileSystemCommand,
} from "@aws-sdk/client-efs";
import { errorCode, errorField } from "./errors.ts";

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
  readonly fileSystemId: string;
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
  /** Ids of the groups that guard a mount target. */
  groupsOf(mountTargetId: string): Promise<readonly string[]>;
  setGroups(mountTargetId: string, groupIds: readonly string[]): Promise<void>;
  backup(fileSystemId: string): Promise<boolean>;
  setBackup(fileSystemId: string, enabled: boolean): Promise<void>;
  setThroughput(fileSystemId: string, throughput: "elastic" | "bursting"): Promise<void>;
  /** Answers the id; a file system with this creation token is found, not made again. Encrypted, general purpose. */
  create(fileSystem: {
    creationToken: string;
    throughput: "elastic" | "bursting";
    backup: boolean;
    tags: Readonly<Record<string, string>>;
  }): Promise<string>;
  /** A target in the subnet's zone that is there already is no error. `not-yet` while the file system is being made. */
  createMountTarget(target: {
    fileSystemId: string;
    subnetId: string;
    groupId: string;
  }): Promise<"created" | "not-yet">;
  /** One that is gone already is no error. */
  deleteMountTarget(id: string): Promise<void>;
  /** `in-use` while it still has mount targets; one that is gone already counts as deleted. */
  delete(id: string): Promise<"deleted" | "in-use">;
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
            fileSystemId,
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
    async groupsOf(mountTargetId) {
      const answer = await efs.send(
        new DescribeMountTargetSecurityGroupsCommand({ MountTargetId: mountTargetId }),
      );
      return answer.SecurityGroups ?? [];
    },
    async setGroups(mountTargetId, groupIds) {
      await efs.send(
        new ModifyMountTargetSecurityGroupsCommand({
          MountTargetId: mountTargetId,
          SecurityGroups: [...groupIds],
        }),
      );
    },
    async backup(fileSystemId) {
      try {
        const answer = await efs.send(new DescribeBackupPolicyCommand({ FileSystemId: fileSystemId }));
        return answer.BackupPolicy?.Status?.startsWith("ENABL") ?? false;
      } catch (error) {
        if (errorCode(error) === "PolicyNotFound") return false;
        throw error;
      }
    },
    async setBackup(fileSystemId, enabled) {
      await efs.send(
        new PutBackupPolicyCommand({
          FileSystemId: fileSystemId,
          BackupPolicy: { Status: enabled ? "ENABLED" : "DISABLED" },
        }),
      );
    },
    async setThroughput(fileSystemId, throughput) {
      await efs.send(new UpdateFileSystemCommand({ FileSystemId: fileSystemId, ThroughputMode: throughput }));
    },
    async create({ creationToken, throughput, backup, tags }) {
      try {
        const answer = await efs.send(
          new CreateFileSystemCommand({
            CreationToken: creationToken,
            PerformanceMode: "generalPurpose",
            Encrypted: true,
            ThroughputMode: throughput,
            Backup: backup,
            Tags: Object.entries(tags).map(([Key, Value]) => ({ Key, Value })),
          }),
        );
        return answer.FileSystemId ?? "";
      } catch (error) {
        const existing = errorField(error, "FileSystemId");
        if (errorCode(error) === "FileSystemAlreadyExists" && existing !== undefined) return existing;
        throw error;
      }
    },
    async createMountTarget({ fileSystemId, subnetId, groupId }) {
      try {
        await efs.send(
          new CreateMountTargetCommand({
            FileSystemId: fileSystemId,
            SubnetId: subnetId,
            SecurityGroups: [groupId],
          }),
        );
      } catch (error) {
        const code = errorCode(error);
        if (code === "IncorrectFileSystemLifeCycleState") return "not-yet";
        if (code !== "MountTargetConflict") throw error;
      }
      return "created";
    },
    async deleteMountTarget(id) {
      try {
        await efs.send(new DeleteMountTargetCommand({ MountTargetId: id }));
      } catch (error) {
        if (errorCode(error) !== "MountTargetNotFound") throw error;
      }
    },
    async delete(id) {
      try {
        await efs.send(new DeleteFileSystemCommand({ FileSystemId: id }));
      } catch (error) {
        const code = errorCode(error);
        if (code === "FileSystemInUse") return "in-use";
        if (code !== "FileSystemNotFound") throw error;
      }
      return "deleted";
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
