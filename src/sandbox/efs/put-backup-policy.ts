import {
  PutBackupPolicy$,
  type PutBackupPolicyRequest,
  type BackupPolicyDescription,
} from "@aws-sdk/client-efs";
import type { Operation } from "../wire/operation.ts";
import { findAvailable } from "./find.ts";

/** PutBackupPolicy. */
export const putBackupPolicy: Operation<PutBackupPolicyRequest, BackupPolicyDescription> = {
  schema: PutBackupPolicy$,
  run({ efs }, input) {
    const fileSystem = findAvailable(efs, input.FileSystemId!);
    const status = input.BackupPolicy!.Status!;
    fileSystem.backup = status === "ENABLED" || status === "ENABLING" ? "ENABLED" : "DISABLED";
    return { BackupPolicy: { Status: fileSystem.backup } };
  },
};
