import { refuseCollisions } from "./collisions.ts";
import { type Cost, estimateCost } from "./cost.ts";
import type { Observed } from "./observed.ts";
import { planGroups, planRoles } from "./plan-access.ts";
import { planEnvironment } from "./plan-environment.ts";
import { planFileSystem } from "./plan-file-system.ts";
import { planVersion } from "./plan-version.ts";
import type {
  AccessChange,
  EnvironmentChange,
  FileSystemChange,
  GroupChange,
  Step,
  VersionChange,
} from "./step.ts";
import type { Wanted } from "./wanted.ts";

/** What is to be done to come from what exists to what is wanted. Without steps there is nothing to do. */
export interface Plan {
  readonly wanted: Wanted;
  readonly observed: Observed;
  /** Roles, groups with the file system, and the version do not depend on each other; the environment depends on all. */
  readonly access: readonly Step<AccessChange>[];
  readonly groups: readonly Step<GroupChange>[];
  readonly fileSystem: readonly Step<FileSystemChange>[];
  readonly version: readonly Step<VersionChange>[];
  readonly environment: readonly Step<EnvironmentChange>[];
  readonly cost: Cost;
}

/** Plans `init`: everything that bertops makes. Pure; throws a UserError where names are taken or something cannot be changed. */
export function makePlan(wanted: Wanted, observed: Observed): Plan {
  refuseCollisions(wanted, observed);
  return {
    wanted,
    observed,
    access: planRoles(wanted, observed),
    groups: planGroups(wanted, observed),
    fileSystem: planFileSystem(wanted, observed),
    version: planVersion(wanted, observed),
    environment: planEnvironment(wanted, observed),
    cost: estimateCost(wanted.config),
  };
}

/** Every step of a plan, in the order in which a person would take them. */
export function stepsOf(plan: Plan): readonly Step[] {
  return [...plan.access, ...plan.groups, ...plan.fileSystem, ...plan.version, ...plan.environment];
}
