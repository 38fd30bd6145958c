import type { Operation } from "../wire/operation.ts";
import { describeAutoScalingGroups } from "./describe-auto-scaling-groups.ts";
import { describeAutoScalingInstances } from "./describe-auto-scaling-instances.ts";
import { describeScalingActivities } from "./describe-scaling-activities.ts";

/** Every Auto Scaling operation that the sandbox answers. */
export const operations: readonly Operation[] = [
  describeAutoScalingGroups,
  describeAutoScalingInstances,
  describeScalingActivities,
];
