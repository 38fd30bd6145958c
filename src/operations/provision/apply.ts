import type { Change, Step } from "../../plan/step.ts";
import { applyAccess } from "./apply-access.ts";
import { applyEnvironment } from "./apply-environment.ts";
import { applyFileSystem } from "./apply-file-system.ts";
import { applyGroup } from "./apply-groups.ts";
import { applyVersion } from "./apply-version.ts";
import { stepId, type Walk } from "./walk.ts";

/** Walks a plan: three strands beside each other, then the environment. */
export async function apply(walk: Walk): Promise<void> {
  const { plan } = walk;
  const strands = await Promise.allSettled([
    strand(walk, plan.access, applyAccess),
    strand(walk, plan.groups, applyGroup).then(() => strand(walk, plan.fileSystem, applyFileSystem)),
    strand(walk, plan.version, applyVersion),
  ]);
  // All have come to an end, so nothing is under way any more when the first failure is told.
  for (const result of strands) if (result.status === "rejected") throw result.reason;
  await strand(walk, plan.environment, applyEnvironment);
}

/** Takes the steps one after another; `act` does one and answers what came of it. */
async function strand<What extends Change>(
  walk: Walk,
  steps: readonly Step<What>[],
  act: (step: Step<What>, walk: Walk) => Promise<string | undefined>,
): Promise<void> {
  const { emit, signal } = walk.world;
  for (const step of steps) {
    signal.throwIfAborted();
    const id = stepId(step);
    const verb = step.action === "wait" ? "wait for" : step.action;
    const label = `${verb} ${step.resource} ${step.name}`;
    emit({ type: "step", id, state: "started", label });
    try {
      const detail = await act(step, walk);
      emit({ type: "step", id, state: "done", label, ...(detail === undefined ? {} : { detail }) });
    } catch (error) {
      emit({ type: "step", id, state: "failed", label });
      throw error;
    }
  }
}
