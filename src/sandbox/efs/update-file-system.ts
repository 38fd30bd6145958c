import {
  type FileSystemDescription,
  UpdateFileSystem$,
  type UpdateFileSystemRequest,
} from "@aws-sdk/client-efs";
import type { Operation } from "../wire/operation.ts";
import { describeFileSystem } from "./describe.ts";
import { findAvailable } from "./find.ts";
import { checkThroughput } from "./throughput.ts";

/** UpdateFileSystem: its throughput mode. */
export const updateFileSystem: Operation<UpdateFileSystemRequest, FileSystemDescription> = {
  schema: UpdateFileSystem$,
  run(region, input) {
    const fileSystem = findAvailable(region.efs, input.FileSystemId!);
    const mode = input.ThroughputMode ?? fileSystem.throughputMode;
    checkThroughput(mode, input.ProvisionedThroughputInMibps);
    fileSystem.throughputMode = mode;
    fileSystem.provisionedThroughput = input.ProvisionedThroughputInMibps;
    return describeFileSystem(region, fileSystem);
  },
};
