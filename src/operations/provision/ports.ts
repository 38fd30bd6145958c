import type { Applications } from "../../aws/applications.ts";
import type { EnvironmentEvents } from "../../aws/environment-events.ts";
import type { Environments } from "../../aws/environments.ts";
import type { FileSystems } from "../../aws/file-systems.ts";
import type { Identities } from "../../aws/identity.ts";
import type { Instances } from "../../aws/instances.ts";
import type { Network } from "../../aws/network.ts";
import type { Platforms } from "../../aws/platforms.ts";
import type { Roles } from "../../aws/roles.ts";
import type { SecurityGroups } from "../../aws/security-groups.ts";
import type { Storage } from "../../aws/storage.ts";

/** What finding out about account and region needs. */
export interface SurveyPorts {
  readonly region: string;
  readonly identities: Identities;
  readonly network: Network;
  readonly platforms: Platforms;
  callerAddress(): Promise<string | undefined>;
}

/** What seeing the resources of an environment needs. */
export interface ObservePorts {
  readonly roles: Pick<Roles, "role" | "profile">;
  readonly securityGroups: Pick<SecurityGroups, "byNames">;
  readonly fileSystems: Pick<
    FileSystems,
    "byId" | "byCreationToken" | "mountTargets" | "groupsOf" | "backup"
  >;
  readonly storage: Pick<Storage, "exists" | "size">;
  readonly applications: Pick<Applications, "find" | "version">;
  readonly environments: Pick<Environments, "find" | "tags" | "settings" | "instancesHealth">;
}

/** What following an environment needs. */
export interface FollowPorts {
  readonly environments: Pick<Environments, "byId" | "health" | "instancesHealth">;
  readonly events: EnvironmentEvents;
}

/** What making and changing resources needs. */
export interface ProvisionPorts extends SurveyPorts, ObservePorts, FollowPorts {
  /** Waiting is short on this machine. */
  readonly local: boolean;
  readonly roles: Roles;
  readonly securityGroups: SecurityGroups;
  readonly fileSystems: FileSystems;
  readonly storage: Storage;
  readonly applications: Applications;
  readonly environments: Environments;
  readonly instances: Pick<Instances, "ofEnvironment">;
}
