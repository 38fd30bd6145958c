import {
  DescribeReplicationConfigurations$,
  type DescribeReplicationConfigurationsRequest,
  type DescribeReplicationConfigurationsResponse,
} from "@aws-sdk/client-efs";
import { type Operation, ServiceError } from "../wire/operation.ts";
import { findFileSystem } from "./find.ts";

/** DescribeReplicationConfigurations: the sandbox replicates nothing. */
export const describeReplicationConfigurations: Operation<
  DescribeReplicationConfigurationsRequest,
  DescribeReplicationConfigurationsResponse
> = {
  schema: DescribeReplicationConfigurations$,
  run({ efs }, input) {
    if (input.FileSystemId !== undefined) {
      const { fileSystemId } = findFileSystem(efs, input.FileSystemId);
      throw new ServiceError(
        "ReplicationNotFound",
        `File system '${fileSystemId}' has no replication configuration.`,
        404,
      );
    }
    return { Replications: [] };
  },
};
