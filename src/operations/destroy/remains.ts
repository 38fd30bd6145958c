import type { Config } from "../../config/config.ts";
import { EXIT, UserError } from "../../errors.ts";
import {
  APPLICATION_TAG,
  bundlePrefix,
  ENVIRONMENT_TAG,
  isOurs,
  namesOf,
  type Owner,
  storageBucket,
} from "../../plan/names.ts";
import type { Remains } from "../../plan/teardown.ts";
import type { DestroyPorts } from "./ports.ts";

/** Finds what is left of an environment: only what carries the tags of bertops counts. Changes nothing. */
export async function findRemains(config: Config, ports: DestroyPorts): Promise<Remains> {
  const owner: Owner = {
    application: config.name,
    environment: config.environmentName,
    region: ports.region,
  };
  const { accountId } = await ports.identities.caller();
  const [environment, application, access, groups] = await Promise.all([
    findEnvironment(owner, ports),
    findApplication(owner, accountId, ports),
    findAccess(owner, ports),
    findGroups(owner, ports),
  ]);
  const files = await findFiles(config, owner, new Set(groups.map(({ id }) => id)), ports);
  const logs = await findLogs(environment?.id, application.bucket, ports);
  return { environment, ...application, ...access, groups, ...files, logs };
}

/** Elastic Beanstalk deletes logs that were asked for after 15 minutes; those of a deleted environment have no use. */
async function findLogs(
  environmentId: string | undefined,
  bucket: string | undefined,
  ports: DestroyPorts,
): Promise<readonly string[]> {
  if (environmentId === undefined || bucket === undefined) return [];
  const prefixes = ["tail", "bundle"].map((kind) => `resources/environments/logs/${kind}/${environmentId}/`);
  const found = await Promise.all(prefixes.map((prefix) => ports.storage.list(bucket, prefix)));
  return found.flat().map(({ key }) => key);
}

async function findEnvironment(owner: Owner, ports: DestroyPorts): Promise<Remains["environment"]> {
  const found = await ports.environments.find(owner.environment);
  if (found === undefined) return undefined;
  const tags = await ports.environments.tags(found.arn);
  if (isOurs(tags, owner)) return found;
  const application = tags[APPLICATION_TAG];
  if (application !== undefined && tags[ENVIRONMENT_TAG] === owner.environment)
    throw new UserError({
      reason: "other-application",
      message: `The environment ${found.name} belongs to the application ${application}, not to ${owner.application}.`,
      hint: `Run this where the bertops.yaml of ${application} is, or name that file with --config.`,
      exitCode: EXIT.usage,
    });
  throw new UserError({
    reason: "not-ours",
    message: `bertops did not make the environment ${found.name} of the application ${found.application}, so it does not delete it.`,
    hint: "Check --env and name in bertops.yaml; the AWS console or CLI can delete it.",
    next: [`aws elasticbeanstalk describe-environments --environment-names ${found.name}`],
    exitCode: EXIT.usage,
  });
}

async function findApplication(
  owner: Owner,
  accountId: string,
  ports: DestroyPorts,
): Promise<Pick<Remains, "application" | "versions" | "strayBundles" | "otherEnvironments" | "bucket">> {
  const name = storageBucket(owner.region, accountId);
  const [found, others, bucketExists] = await Promise.all([
    ports.applications.find(owner.application),
    ports.environments.ofApplication(owner.application),
    ports.storage.exists(name),
  ]);
  const application = found?.tags[APPLICATION_TAG] === owner.application ? found : undefined;
  const versions = application === undefined ? [] : await ports.applications.versions(owner.application);
  const bundles = bucketExists ? await ports.storage.list(name, bundlePrefix(owner.application)) : [];
  return {
    application,
    versions,
    // Bundles below our own prefix of an application that is not ours cannot be: nothing but bertops writes there.
    strayBundles: bundles.filter(({ key }) => !versions.some((version) => version.key === key)),
    otherEnvironments: others.filter((other) => other.name !== owner.environment).map((other) => other.name),
    bucket: bucketExists ? name : undefined,
  };
}

async function findAccess(owner: Owner, ports: DestroyPorts): Promise<Pick<Remains, "roles" | "profile">> {
  const names = namesOf(owner);
  const [service, instance, profile] = await Promise.all([
    ports.roles.role(names.serviceRole),
    ports.roles.role(names.instanceRole),
    ports.roles.profile(names.instanceRole),
  ]);
  return {
    roles: [instance, service].flatMap((role) =>
      role !== undefined && isOurs(role.tags, owner) ? role : [],
    ),
    profile: profile !== undefined && isOurs(profile.tags, owner) ? profile : undefined,
  };
}

/** Groups in the order file system, instance, load balancer: each is named in a rule of the one before. */
async function findGroups(owner: Owner, ports: DestroyPorts): Promise<Remains["groups"]> {
  const { fileSystemGroup, instanceGroup, balancerGroup } = namesOf(owner);
  const found = await ports.securityGroups.byTag(ENVIRONMENT_TAG, owner.environment);
  const ours = found.filter((group) => isOurs(group.tags, owner));
  return [fileSystemGroup, instanceGroup, balancerGroup].flatMap((name) =>
    ours.filter((group) => group.name === name),
  );
}

async function findFiles(
  config: Config,
  owner: Owner,
  ourGroups: ReadonlySet<string>,
  ports: DestroyPorts,
): Promise<Pick<Remains, "fileSystem" | "mountTargets">> {
  const { id } = config.fileSystem;
  if (id === undefined) {
    const found = await ports.fileSystems.byCreationToken(namesOf(owner).creationToken);
    if (found === undefined || !isOurs(found.tags, owner)) return { fileSystem: undefined, mountTargets: [] };
    return { fileSystem: found, mountTargets: await ports.fileSystems.mountTargets(found.id) };
  }
  // Somebody's own file system stays; of its mount targets only those behind our group are ours.
  const mountTargets: Remains["mountTargets"][number][] = [];
  for (const target of await ports.fileSystems.mountTargets(id)) {
    if (target.state === "deleting" || target.state === "deleted") continue;
    const groups = await ports.fileSystems.groupsOf(target.id);
    if (groups.length > 0 && groups.every((group) => ourGroups.has(group))) mountTargets.push(target);
  }
  return { fileSystem: undefined, mountTargets };
}
