import { DeleteFileSystemPolicy$, type DeleteFileSystemPolicyRequest } from "@aws-sdk/client-efs";
import type { Operation } from "../wire/operation.ts";
import { findAvailable } from "./find.ts";

/** DeleteFileSystemPolicy. */
export const deleteFileSystemPolicy: Operation<DeleteFileSystemPolicyRequest, void> = {
  schema: DeleteFileSystemPolicy$,
  run({ efs }, input) {
    findAvailable(efs, input.FileSystemId!).policy = undefined;
  },
};
