import type { Applications } from "../../aws/applications.ts";
import type { Environments } from "../../aws/environments.ts";
import type { FileSystems } from "../../aws/file-systems.ts";
import type { Identities } from "../../aws/identity.ts";
import type { Roles } from "../../aws/roles.ts";
import type { SecurityGroups } from "../../aws/security-groups.ts";
import type { Storage } from "../../aws/storage.ts";
import type { FollowPorts } from "../provision/ports.ts";

/** What `destroy` needs of AWS. */
export interface DestroyPorts extends FollowPorts {
  readonly region: string;
  readonly local: boolean;
  readonly identities: Identities;
  readonly roles: Pick<Roles, "role" | "profile" | "deleteRole" | "deleteProfile">;
  readonly securityGroups: Pick<SecurityGroups, "byTag" | "referringTo" | "revoke" | "delete">;
  readonly fileSystems: Pick<
    FileSystems,
    "byId" | "byCreationToken" | "mountTargets" | "groupsOf" | "deleteMountTarget" | "delete"
  >;
  readonly storage: Pick<Storage, "exists" | "list" | "delete">;
  readonly applications: Pick<Applications, "find" | "versions" | "deleteVersion" | "delete">;
  readonly environments: Environments;
}
