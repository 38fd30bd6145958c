import {
  DescribeBackupPolicy$,
  type DescribeBackupPolicyRequest,
  type BackupPolicyDescription,
} from "@aws-sdk/client-efs";
import type { Operation } from "../wire/operation.ts";
import { findFileSystem } from "./find.ts";

/** DescribeBackupPolicy. */
export const describeBackupPolicy: Operation<DescribeBackupPolicyRequest, BackupPolicyDescription> = {
  schema: DescribeBackupPolicy$,
  run({ efs }, input) {
    return { BackupPolicy: { Status: findFileSystem(efs, input.FileSystemId!).backup } };
  },
};
