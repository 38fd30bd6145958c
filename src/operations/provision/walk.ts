import { observedIds } from "../../plan/plan-environment.ts";
import type { Plan } from "../../plan/plan.ts";
import type { Step } from "../../plan/step.ts";
import type { GroupPart } from "../../plan/wanted.ts";
import type { World } from "../../world.ts";
import type { Bundle } from "../bundle/bundle.ts";
import type { Pace } from "../pace.ts";
import type { ProvisionPorts } from "./ports.ts";

/** What walking a plan has at hand. */
export interface Walk {
  readonly plan: Plan;
  /** Absent where a version is deployed that exists already. */
  readonly bundle: Bundle | undefined;
  readonly ports: ProvisionPorts;
  readonly world: Pick<World, "emit" | "signal" | "now">;
  readonly pace: Pace;
  /** Ids of what exists by now; the strands add to them. */
  readonly made: Made;
}

export interface Made {
  readonly groups: Map<GroupPart, string>;
  fileSystem: string | undefined;
}

/** Begins a walk with what exists already. */
export function beginWalk(parts: Omit<Walk, "made">): Walk {
  const ids = observedIds(parts.plan.observed);
  return { ...parts, made: { groups: new Map(ids.groups), fileSystem: ids.fileSystem } };
}

/** The event id of a step, for progress that belongs to it. */
export function stepId(step: Step): string {
  return `${step.resource}:${step.name}:${step.action}`;
}
