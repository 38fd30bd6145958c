import {
  PutFileSystemPolicy$,
  type PutFileSystemPolicyRequest,
  type FileSystemPolicyDescription,
} from "@aws-sdk/client-efs";
import { type Operation, ServiceError } from "../wire/operation.ts";
import { findAvailable } from "./find.ts";

/** PutFileSystemPolicy: kept, not enforced. */
export const putFileSystemPolicy: Operation<PutFileSystemPolicyRequest, FileSystemPolicyDescription> = {
  schema: PutFileSystemPolicy$,
  run({ efs }, input) {
    const fileSystem = findAvailable(efs, input.FileSystemId!);
    try {
      JSON.parse(input.Policy!);
    } catch {
      throw new ServiceError("InvalidPolicyException", "Policy is not valid JSON.");
    }
    fileSystem.policy = input.Policy;
    return { FileSystemId: fileSystem.fileSystemId, Policy: input.Policy };
  },
};
