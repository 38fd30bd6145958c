import type { Application, ApplicationVersion } from "../aws/applications.ts";
import type { Environment } from "../aws/environments.ts";
import type { FileSystem, MountTarget } from "../aws/file-systems.ts";
import type { InstanceProfile, Role } from "../aws/roles.ts";
import type { SecurityGroup } from "../aws/security-groups.ts";
import { EFS_PER_GB } from "./prices.ts";

/** What is left of an environment, as far as bertops made it. */
export interface Remains {
  readonly environment: Environment | undefined;
  /** Other environments of the application, which keep it and its versions. */
  readonly otherEnvironments: readonly string[];
  readonly application: Application | undefined;
  readonly versions: readonly ApplicationVersion[];
  /** Bundles in the bucket that no version refers to. */
  readonly strayBundles: readonly { readonly key: string; readonly bytes: number }[];
  /** Logs that instances of the environment sent to the bucket. */
  readonly logs: readonly string[];
  readonly bucket: string | undefined;
  readonly fileSystem: FileSystem | undefined;
  /** Mount targets that bertops made: all of its own file system, those with its group of another's. */
  readonly mountTargets: readonly MountTarget[];
  /** In the order in which they can go. */
  readonly groups: readonly SecurityGroup[];
  readonly roles: readonly Role[];
  readonly profile: InstanceProfile | undefined;
}

/** One thing to remove. */
export interface Removal {
  readonly resource: string;
  readonly name: string;
  readonly action: "delete";
  readonly detail: string;
  readonly target:
    | { readonly type: "environment"; readonly environment: Environment }
    | { readonly type: "version"; readonly version: ApplicationVersion }
    | { readonly type: "objects"; readonly keys: readonly string[] }
    | { readonly type: "application" }
    | { readonly type: "mount-targets"; readonly targets: readonly MountTarget[] }
    | { readonly type: "file-system"; readonly fileSystem: FileSystem }
    | { readonly type: "group"; readonly group: SecurityGroup }
    | { readonly type: "profile"; readonly name: string }
    | { readonly type: "role"; readonly name: string };
}

/** Something that stays, and why. */
export interface Kept {
  readonly resource: string;
  readonly name: string;
  readonly detail: string;
}

export interface Teardown {
  readonly removals: readonly Removal[];
  readonly kept: readonly Kept[];
}

/** Plans `destroy`: what goes, in an order in which nothing is in use when its turn comes, and what stays. Pure. */
export function planTeardown(remains: Remains, options: { readonly deleteData: boolean }): Teardown {
  const { environment, fileSystem, mountTargets } = remains;
  const shared = remains.otherEnvironments.length > 0;
  const removals: Removal[] = [];
  const remove = (resource: string, name: string, detail: string, target: Removal["target"]): void =>
    void removals.push({ resource, name, action: "delete", detail, target });
  if (environment !== undefined)
    remove("environment", environment.name, "with its instances and load balancer", {
      type: "environment",
      environment,
    });
  if (remains.logs.length > 0)
    remove("logs", `of ${environment?.id ?? "the environment"}`, `${remains.logs.length} in the bucket`, {
      type: "objects",
      keys: remains.logs,
    });
  if (!shared) {
    for (const version of remains.versions)
      remove("application version", version.label, "with its bundle", { type: "version", version });
    for (const { key, bytes } of remains.strayBundles)
      remove("bundle", key, `${(bytes / 1e6).toFixed(1)} MB`, { type: "objects", keys: [key] });
    if (remains.application !== undefined)
      remove("application", remains.application.name, "", { type: "application" });
  }
  if (mountTargets.length > 0)
    remove("mount targets", mountTargets.map(({ availabilityZone }) => availabilityZone).join(", "), "", {
      type: "mount-targets",
      targets: mountTargets,
    });
  if (fileSystem !== undefined && options.deleteData)
    remove("file system", fileSystem.id, `and all models on it (${gigabytes(fileSystem)})`, {
      type: "file-system",
      fileSystem,
    });
  for (const group of remains.groups)
    remove("security group", group.name, group.id, { type: "group", group });
  if (remains.profile !== undefined)
    remove("instance profile", remains.profile.name, "", { type: "profile", name: remains.profile.name });
  for (const { name } of remains.roles) remove("role", name, "", { type: "role", name });
  return { removals, kept: keptOf(remains, options.deleteData) };
}

function keptOf(remains: Remains, deleteData: boolean): readonly Kept[] {
  const { fileSystem, otherEnvironments, application, bucket } = remains;
  return [
    ...(fileSystem !== undefined && !deleteData
      ? [
          {
            resource: "file system",
            name: fileSystem.id,
            detail: `the models stay (${gigabytes(fileSystem)}, about $${((fileSystem.bytes / 1e9) * EFS_PER_GB).toFixed(2)} a month)`,
          },
        ]
      : []),
    ...(otherEnvironments.length > 0 && application !== undefined
      ? [
          {
            resource: "application",
            name: application.name,
            detail: `used by ${otherEnvironments.join(", ")}`,
          },
        ]
      : []),
    ...(bucket === undefined
      ? []
      : [
          {
            resource: "bucket",
            name: bucket,
            detail: "Elastic Beanstalk's own, for all environments of the region; empty it costs nothing",
          },
        ]),
  ];
}

function gigabytes(fileSystem: FileSystem): string {
  return `${(fileSystem.bytes / 1e9).toFixed(2)} GB`;
}
