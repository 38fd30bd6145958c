import {
  UpdateFileSystemProtection$,
  type UpdateFileSystemProtectionRequest,
  type FileSystemProtectionDescription,
} from "@aws-sdk/client-efs";
import { type Operation, ServiceError } from "../wire/operation.ts";
import { findAvailable } from "./find.ts";

/** UpdateFileSystemProtection. */
export const updateFileSystemProtection: Operation<
  UpdateFileSystemProtectionRequest,
  FileSystemProtectionDescription
> = {
  schema: UpdateFileSystemProtection$,
  run({ efs }, input) {
    const fileSystem = findAvailable(efs, input.FileSystemId!);
    const wanted = input.ReplicationOverwriteProtection;
    if (wanted === "REPLICATING")
      throw new ServiceError("BadRequest", "REPLICATING cannot be set by a request.");
    fileSystem.overwriteProtection = wanted ?? fileSystem.overwriteProtection;
    return { ReplicationOverwriteProtection: fileSystem.overwriteProtection };
  },
};
