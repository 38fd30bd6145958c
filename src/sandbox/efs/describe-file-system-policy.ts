import {
  DescribeFileSystemPolicy$,
  type DescribeFileSystemPolicyRequest,
  type FileSystemPolicyDescription,
} from "@aws-sdk/client-efs";
import { type Operation, ServiceError } from "../wire/operation.ts";
import { findFileSystem } from "./find.ts";

/** DescribeFileSystemPolicy; `PolicyNotFound` 404 where none was put. */
export const describeFileSystemPolicy: Operation<
  DescribeFileSystemPolicyRequest,
  FileSystemPolicyDescription
> = {
  schema: DescribeFileSystemPolicy$,
  run({ efs }, input) {
    const { fileSystemId, policy } = findFileSystem(efs, input.FileSystemId!);
    if (policy === undefined) {
      throw new ServiceError(
        "PolicyNotFound",
        `No policy is attached to file system '${fileSystemId}'.`,
        404,
      );
    }
    return { FileSystemId: fileSystemId, Policy: policy };
  },
};
