import type { Application, ApplicationVersion } from "../aws/applications.ts";
import type { Environment, Setting } from "../aws/environments.ts";
import type { FileSystem, MountTarget } from "../aws/file-systems.ts";
import type { InstanceProfile, Role } from "../aws/roles.ts";
import type { SecurityGroup } from "../aws/security-groups.ts";
import type { GroupPart } from "./wanted.ts";

/** What exists now under the names that bertops would use, whoever made it. */
export interface Observed {
  readonly bucket: boolean;
  /** The bundle lies in the bucket. */
  readonly bundle: boolean;
  readonly serviceRole: Role | undefined;
  readonly instanceRole: Role | undefined;
  readonly instanceProfile: InstanceProfile | undefined;
  readonly groups: ReadonlyMap<GroupPart, SecurityGroup>;
  readonly fileSystem: (FileSystem & { readonly backup: boolean }) | undefined;
  readonly mountTargets: readonly (MountTarget & { readonly groupIds: readonly string[] })[];
  readonly application: Application | undefined;
  readonly version: ApplicationVersion | undefined;
  readonly environment: ObservedEnvironment | undefined;
}

export interface ObservedEnvironment extends Environment {
  readonly tags: Readonly<Record<string, string>>;
  readonly settings: readonly Setting[];
  /** Its last deployment failed on an instance. */
  readonly deploymentFailed: boolean;
}

/** Nothing exists: a new account. */
export const NOTHING: Observed = {
  bucket: false,
  bundle: false,
  serviceRole: undefined,
  instanceRole: undefined,
  instanceProfile: undefined,
  groups: new Map(),
  fileSystem: undefined,
  mountTargets: [],
  application: undefined,
  version: undefined,
  environment: undefined,
};
