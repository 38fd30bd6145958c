import type { Observed, ObservedEnvironment } from "../../plan/observed.ts";
import type { GroupPart, Wanted } from "../../plan/wanted.ts";
import type { ObservePorts } from "./ports.ts";

/** Sees what exists under the names that bertops would use. Changes nothing. */
export async function observe(wanted: Wanted, ports: ObservePorts): Promise<Observed> {
  const { owner, roles, bucket, version } = wanted;
  const [serviceRole, instanceRole, instanceProfile, groups, files, bucketExists, application, environment] =
    await Promise.all([
      ports.roles.role(roles.service.name),
      ports.roles.role(roles.instance.name),
      ports.roles.profile(roles.instance.name),
      observeGroups(wanted, ports),
      observeFiles(wanted, ports),
      ports.storage.exists(bucket),
      ports.applications.find(owner.application),
      observeEnvironment(wanted, ports),
    ]);
  const [bundle, found] = await Promise.all([
    bucketExists ? ports.storage.size(bucket, version.key) : undefined,
    application === undefined ? undefined : ports.applications.version(owner.application, version.label),
  ]);
  return {
    bucket: bucketExists,
    bundle: bundle !== undefined && bundle > 0,
    serviceRole,
    instanceRole,
    instanceProfile,
    groups,
    ...files,
    application,
    version: found,
    environment,
  };
}

async function observeGroups(wanted: Wanted, ports: ObservePorts): Promise<Observed["groups"]> {
  const found = await ports.securityGroups.byNames(
    wanted.ground.vpcId,
    wanted.groups.map(({ name }) => name),
  );
  const parts = wanted.groups.flatMap(({ part, name }) => {
    const group = found.find((candidate) => candidate.name === name);
    return group === undefined ? [] : [[part, group] as const];
  });
  return new Map<GroupPart, (typeof found)[number]>(parts);
}

async function observeFiles(
  wanted: Wanted,
  ports: ObservePorts,
): Promise<Pick<Observed, "fileSystem" | "mountTargets">> {
  const { id } = wanted.config.fileSystem;
  const found =
    id === undefined
      ? await ports.fileSystems.byCreationToken(wanted.creationToken)
      : await ports.fileSystems.byId(id);
  if (found === undefined || found.state === "deleting" || found.state === "deleted")
    return { fileSystem: undefined, mountTargets: [] };
  const [backup, targets] = await Promise.all([
    ports.fileSystems.backup(found.id),
    ports.fileSystems.mountTargets(found.id),
  ]);
  const mountTargets = await Promise.all(
    targets.map(async (target) => ({
      ...target,
      groupIds: target.state === "available" ? await ports.fileSystems.groupsOf(target.id) : [],
    })),
  );
  return { fileSystem: { ...found, backup }, mountTargets };
}

async function observeEnvironment(
  wanted: Wanted,
  ports: ObservePorts,
): Promise<ObservedEnvironment | undefined> {
  const { owner } = wanted;
  const found = await ports.environments.find(owner.environment);
  if (found === undefined) return undefined;
  const [tags, settings, instances] = await Promise.all([
    ports.environments.tags(found.arn),
    ports.environments.settings(found.application, found.name),
    found.status === "Ready" ? ports.environments.instancesHealth(found.name) : [],
  ]);
  return {
    ...found,
    tags,
    settings,
    deploymentFailed: instances.some(({ deployment }) => deployment === "Failed"),
  };
}
