import {
  DescribeEnvironmentManagedActionHistory$,
  type DescribeEnvironmentManagedActionHistoryRequest,
  type DescribeEnvironmentManagedActionHistoryResult,
} from "@aws-sdk/client-elastic-beanstalk";
import type { Operation } from "../wire/operation.ts";
import { findEnvironment } from "./find.ts";

/** DescribeEnvironmentManagedActionHistory: the sandbox carries none out. */
export const describeEnvironmentManagedActionHistory: Operation<
  DescribeEnvironmentManagedActionHistoryRequest,
  DescribeEnvironmentManagedActionHistoryResult
> = {
  schema: DescribeEnvironmentManagedActionHistory$,
  run(region, input) {
    findEnvironment(region.beanstalk, input);
    return { ManagedActionHistoryItems: [] };
  },
};
