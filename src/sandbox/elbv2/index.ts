import type { Operation } from "../wire/operation.ts";
import { describeLoadBalancers } from "./describe-load-balancers.ts";
import { describeTargetGroups } from "./describe-target-groups.ts";
import { describeTargetHealth } from "./describe-target-health.ts";

/** Every Elastic Load Balancing operation that the sandbox answers. */
export const operations: readonly Operation[] = [
  describeLoadBalancers,
  describeTargetGroups,
  describeTargetHealth,
];
