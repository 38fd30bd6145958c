import { DeleteFileSystem$, type DeleteFileSystemRequest } from "@aws-sdk/client-efs";
import { rm } from "node:fs/promises";
import { type Operation, ServiceError } from "../wire/operation.ts";
import { findFileSystem, mountTargetsOf } from "./find.ts";

/** DeleteFileSystem: one without mount targets, with everything in it. */
export const deleteFileSystem: Operation<DeleteFileSystemRequest, void> = {
  schema: DeleteFileSystem$,
  async run(region, input) {
    const fileSystem = findFileSystem(region.efs, input.FileSystemId!);
    if (mountTargetsOf(region.efs, fileSystem.fileSystemId).length > 0) {
      throw new ServiceError(
        "FileSystemInUse",
        `File system '${fileSystem.fileSystemId}' has mount targets created in it.`,
        409,
      );
    }
    if (fileSystem.deletedAt !== undefined) return;
    const end = Date.now() + region.timings.deletion;
    fileSystem.deletedAt = end;
    for (const accessPoint of region.efs.accessPoints.values()) {
      if (accessPoint.fileSystemId === fileSystem.fileSystemId) accessPoint.deletedAt = end;
    }
    await rm(fileSystem.directory, { recursive: true, force: true });
  },
};
