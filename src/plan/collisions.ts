import { EXIT, UserError } from "../errors.ts";
import { APPLICATION_TAG, ENVIRONMENT_TAG, isOurs } from "./names.ts";
import type { Observed } from "./observed.ts";
import type { Wanted } from "./wanted.ts";

/**
 * Refuses names that are taken by something which bertops did not make for this environment. Nothing is changed then.
 * `next` is how to go on under another name.
 */
export function refuseCollisions(
  wanted: Wanted,
  observed: Observed,
  next = "bertops plan --env ANOTHER-NAME",
): void {
  const { owner } = wanted;
  const taken: string[] = [];
  const owners = new Set<string>();
  const check = (what: string, name: string, tags: Readonly<Record<string, string>> | undefined): void => {
    if (tags === undefined || isOurs(tags, owner)) return;
    taken.push(`${what} ${name}`);
    owners.add(ownerIn(tags));
  };
  check("environment", owner.environment, observed.environment?.tags);
  check("role", wanted.roles.service.name, observed.serviceRole?.tags);
  check("role", wanted.roles.instance.name, observed.instanceRole?.tags);
  check("instance profile", wanted.roles.instance.name, observed.instanceProfile?.tags);
  for (const group of observed.groups.values()) check("security group", group.name, group.tags);
  if (wanted.config.fileSystem.id === undefined && observed.fileSystem !== undefined)
    check("file system", observed.fileSystem.id, observed.fileSystem.tags);
  // An application is shared by its environments, so its tag names none.
  const application = observed.application?.tags;
  if (application !== undefined && application[APPLICATION_TAG] !== owner.application) {
    taken.push(`application ${owner.application}`);
    owners.add(ownerIn(application));
  }
  if (taken.length === 0) return;
  throw new UserError({
    reason: "name-taken",
    message: `The name is taken: ${taken.join(", ")} ${belonging([...owners], taken.length > 1)}; bertops leaves ${taken.length > 1 ? "them" : "it"} alone.`,
    hint: "Choose another name: name in bertops.yaml, or --env for another environment of the same application.",
    next: [next],
    exitCode: EXIT.usage,
  });
}

/** What owns a resource, by its tags; empty where bertops did not make it. */
function ownerIn(tags: Readonly<Record<string, string>>): string {
  const application = tags[APPLICATION_TAG];
  const environment = tags[ENVIRONMENT_TAG];
  if (application === undefined) return environment === undefined ? "" : `the environment ${environment}`;
  return environment === undefined || environment === application
    ? `the application ${application}`
    : `the application ${application} (environment ${environment})`;
}

function belonging(owners: readonly string[], several: boolean): string {
  const known = owners.filter((owner) => owner !== "");
  if (known.length === 0) return `${several ? "were" : "was"} not made by bertops`;
  return `${several ? "belong" : "belongs"} to ${known.join(" and ")}`;
}
