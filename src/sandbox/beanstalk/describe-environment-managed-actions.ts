import {
  DescribeEnvironmentManagedActions$,
  type DescribeEnvironmentManagedActionsRequest,
  type DescribeEnvironmentManagedActionsResult,
} from "@aws-sdk/client-elastic-beanstalk";
import type { Operation } from "../wire/operation.ts";
import { findEnvironment } from "./find.ts";

/** DescribeEnvironmentManagedActions: the sandbox schedules none. */
export const describeEnvironmentManagedActions: Operation<
  DescribeEnvironmentManagedActionsRequest,
  DescribeEnvironmentManagedActionsResult
> = {
  schema: DescribeEnvironmentManagedActions$,
  run(region, input) {
    findEnvironment(region.beanstalk, input);
    return { ManagedActions: [] };
  },
};
