import { EXIT, UserError } from "../errors.ts";
import { ENVIRONMENT_TAG, isOurs } from "./names.ts";
import type { Observed } from "./observed.ts";
import type { Wanted } from "./wanted.ts";

/** Refuses names that are taken by something which bertops did not make for this environment. Nothing is changed then. */
export function refuseCollisions(wanted: Wanted, observed: Observed): void {
  const { owner } = wanted;
  const taken: string[] = [];
  const check = (what: string, name: string, tags: Readonly<Record<string, string>> | undefined): void => {
    if (tags === undefined || isOurs(tags, owner)) return;
    const other = tags[ENVIRONMENT_TAG];
    taken.push(`${what} ${name}${other === undefined ? "" : ` (of the environment ${other})`}`);
  };
  check("environment", owner.environment, observed.environment?.tags);
  check("role", wanted.roles.service.name, observed.serviceRole?.tags);
  check("role", wanted.roles.instance.name, observed.instanceRole?.tags);
  check("instance profile", wanted.roles.instance.name, observed.instanceProfile?.tags);
  for (const group of observed.groups.values()) check("security group", group.name, group.tags);
  if (wanted.config.fileSystem.id === undefined && observed.fileSystem !== undefined)
    check("file system", observed.fileSystem.id, observed.fileSystem.tags);
  // An application is shared by its environments, so its tag names none.
  if (
    observed.application !== undefined &&
    observed.application.tags["bertops:application"] !== owner.application
  )
    taken.push(`application ${owner.application}`);
  if (taken.length === 0) return;
  throw new UserError({
    reason: "name-taken",
    message: `bertops did not make ${taken.join(", ")} and leaves ${taken.length === 1 ? "it" : "them"} alone.`,
    hint: "Choose another name: name in bertops.yaml, or --env for another environment of the same application.",
    next: ["bertops plan --env ANOTHER-NAME"],
    exitCode: EXIT.usage,
  });
}
