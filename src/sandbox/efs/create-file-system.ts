import {
  CreateFileSystem$,
  type CreateFileSystemRequest,
  type FileSystemDescription,
} from "@aws-sdk/client-efs";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { resourceId } from "../identifiers.ts";
import type { Region } from "../region.ts";
import { type Operation, ServiceError } from "../wire/operation.ts";
import { describeFileSystem } from "./describe.ts";
import { sweep } from "./life-cycle.ts";
import type { FileSystem } from "./state.ts";
import { putTags } from "./tags.ts";
import { checkThroughput } from "./throughput.ts";

/** CreateFileSystem; a creation token that is in use answers `FileSystemAlreadyExists` with the id. */
export const createFileSystem: Operation<CreateFileSystemRequest, FileSystemDescription> = {
  schema: CreateFileSystem$,
  async run(region, input) {
    const { efs } = region;
    sweep(efs);
    const token = input.CreationToken!;
    const existing = [...efs.fileSystems.values()].find((one) => one.creationToken === token);
    if (existing) {
      throw new ServiceError(
        "FileSystemAlreadyExists",
        `File system '${existing.fileSystemId}' already exists with creation token '${token}'`,
        409,
        { FileSystemId: existing.fileSystemId },
      );
    }
    const fileSystem = build(region, input, token);
    efs.fileSystems.set(fileSystem.fileSystemId, fileSystem);
    await mkdir(fileSystem.directory, { recursive: true, mode: 0o755 });
    return describeFileSystem(region, fileSystem);
  },
};

function build(region: Region, input: CreateFileSystemRequest, creationToken: string): FileSystem {
  const throughputMode = input.ThroughputMode ?? "bursting";
  checkThroughput(throughputMode, input.ProvisionedThroughputInMibps);
  const performanceMode = input.PerformanceMode ?? "generalPurpose";
  if (throughputMode === "elastic" && performanceMode === "maxIO") {
    throw new ServiceError(
      "BadRequest",
      "Elastic throughput is not supported with the maxIO performance mode.",
    );
  }
  if (input.KmsKeyId !== undefined && input.Encrypted !== true) {
    throw new ServiceError("BadRequest", "A KMS key can only be given for an encrypted file system.");
  }
  const zone = input.AvailabilityZoneName;
  if (zone !== undefined && ![...region.ec2.subnets.values()].some((one) => one.availabilityZone === zone)) {
    throw new ServiceError(
      "UnsupportedAvailabilityZone",
      `The availability zone '${zone}' is not supported.`,
    );
  }
  const fileSystemId = resourceId("fs");
  const tags = new Map<string, string>();
  putTags(tags, input.Tags ?? []);
  const createdAt = new Date();
  return {
    fileSystemId,
    creationToken,
    createdAt,
    availableAt: createdAt.getTime() + region.timings.fileSystem,
    deletedAt: undefined,
    performanceMode,
    throughputMode,
    provisionedThroughput: throughputMode === "provisioned" ? input.ProvisionedThroughputInMibps : undefined,
    encrypted: input.Encrypted ?? false,
    kmsKeyId: input.Encrypted === true ? keyArn(region, input.KmsKeyId) : undefined,
    availabilityZone: zone,
    // A One Zone file system is backed up unless told otherwise.
    backup: (input.Backup ?? zone !== undefined) ? "ENABLED" : "DISABLED",
    lifecyclePolicies: [],
    policy: undefined,
    overwriteProtection: "ENABLED",
    tags,
    directory: join(region.directory, "file-systems", fileSystemId),
  };
}

function keyArn(region: Region, keyId: string | undefined): string {
  if (keyId?.startsWith("arn:")) return keyId;
  const key = keyId ?? "alias/aws/elasticfilesystem";
  const path = key.startsWith("alias/") ? key : `key/${key}`;
  return `arn:aws:kms:${region.name}:${region.accountId}:${path}`;
}
