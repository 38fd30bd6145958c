import type { EfsState } from "./state.ts";

/** The states of file systems, mount targets and access points that the sandbox shows. */
export type LifeCycleState = "creating" | "available" | "deleting" | "deleted";

/** The state that follows from the clock. */
export function stateOf(
  resource: { readonly availableAt: number; readonly deletedAt: number | undefined },
  now = Date.now(),
): LifeCycleState {
  if (resource.deletedAt !== undefined) return now < resource.deletedAt ? "deleting" : "deleted";
  return now < resource.availableAt ? "creating" : "available";
}

/** Forgets what has been deleted; everything that reads EFS's maps to answer a call does this first. */
export function sweep(efs: EfsState, now = Date.now()): void {
  for (const map of [efs.accessPoints, efs.mountTargets, efs.fileSystems]) {
    for (const [id, resource] of map) {
      if (stateOf(resource, now) === "deleted") map.delete(id);
    }
  }
}
