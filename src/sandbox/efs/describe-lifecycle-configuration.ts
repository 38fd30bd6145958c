import {
  DescribeLifecycleConfiguration$,
  type DescribeLifecycleConfigurationRequest,
  type LifecycleConfigurationDescription,
} from "@aws-sdk/client-efs";
import type { Operation } from "../wire/operation.ts";
import { findFileSystem } from "./find.ts";

/** DescribeLifecycleConfiguration. */
export const describeLifecycleConfiguration: Operation<
  DescribeLifecycleConfigurationRequest,
  LifecycleConfigurationDescription
> = {
  schema: DescribeLifecycleConfiguration$,
  run({ efs }, input) {
    const { lifecyclePolicies } = findFileSystem(efs, input.FileSystemId!);
    return { LifecyclePolicies: lifecyclePolicies.map((policy) => ({ ...policy })) };
  },
};
