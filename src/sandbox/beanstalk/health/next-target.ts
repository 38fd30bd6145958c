import type { TargetHealth } from "../member.ts";
import type { CheckPlan } from "./check-plan.ts";
import type { ProbeResult } from "./probe.ts";

/** A target that has not been checked yet. */
export function newTarget(): TargetHealth {
  return { state: "initial", successes: 0, failures: 0, reason: undefined };
}

/** How one check of a target went. */
export interface Check {
  readonly result: ProbeResult;
  /** The application may still be starting, so that a failure says nothing. */
  readonly starting: boolean;
}

/** What a target is after one more check: a new one needs a single success, others as many as the thresholds say. */
export function nextTarget(target: TargetHealth, check: Check, plan: CheckPlan): TargetHealth {
  if (check.result === undefined) {
    const successes = target.successes + 1;
    const healthy = target.state !== "unhealthy" || successes >= plan.healthyThreshold;
    return { state: healthy ? "healthy" : target.state, successes, failures: 0, reason: undefined };
  }
  if (target.state === "initial" && check.starting) {
    return { ...target, reason: check.result.reason };
  }
  const failures = target.failures + 1;
  const unhealthy = failures >= plan.unhealthyThreshold;
  return {
    state: unhealthy ? "unhealthy" : target.state,
    successes: 0,
    failures,
    reason: check.result.reason,
  };
}
