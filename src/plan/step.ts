import type { Setting } from "../aws/environments.ts";
import type { Subnet } from "../aws/network.ts";
import type { Rule } from "../aws/security-groups.ts";
import type { GroupWanted, RoleWanted, RuleWanted } from "./wanted.ts";

/** One thing to do, as it is shown and as it is done. */
export interface Step<What extends Change = Change> {
  /** What kind of thing: `security group`. */
  readonly resource: string;
  readonly name: string;
  readonly action: "create" | "update" | "delete" | "wait";
  /** What differs, or what it will be. */
  readonly detail: string;
  readonly change: What;
}

/** What is to be done, with all that doing it needs. */
export type Change = AccessChange | GroupChange | FileSystemChange | VersionChange | EnvironmentChange;

export type AccessChange =
  | { readonly type: "create-role"; readonly role: RoleWanted }
  | { readonly type: "attach-policies"; readonly role: RoleWanted; readonly policies: readonly string[] }
  | { readonly type: "put-policies"; readonly role: RoleWanted; readonly names: readonly string[] }
  | { readonly type: "delete-policies"; readonly role: RoleWanted; readonly names: readonly string[] }
  | { readonly type: "create-profile"; readonly name: string; readonly exists: boolean };

export type GroupChange =
  | { readonly type: "create-group"; readonly group: GroupWanted }
  | {
      readonly type: "change-rules";
      readonly group: GroupWanted;
      readonly admit: readonly RuleWanted[];
      readonly revoke: readonly Rule[];
    };

export type FileSystemChange =
  | { readonly type: "create-file-system" }
  | {
      readonly type: "change-file-system";
      readonly throughput: "elastic" | "bursting" | undefined;
      readonly backup: boolean | undefined;
    }
  | { readonly type: "create-mount-target"; readonly subnet: Subnet }
  | { readonly type: "guard-mount-target"; readonly id: string; readonly groupIds: readonly string[] }
  | { readonly type: "await-mount-targets" };

export type VersionChange =
  | { readonly type: "create-bucket" }
  | { readonly type: "upload-bundle" }
  | { readonly type: "create-application" }
  | { readonly type: "create-version"; readonly replace: boolean };

export type EnvironmentChange =
  | { readonly type: "create-environment" }
  | { readonly type: "await-environment" }
  | {
      readonly type: "update-environment";
      readonly versionLabel: string | undefined;
      readonly platformArn: string | undefined;
      readonly remove: readonly { readonly namespace: string; readonly option: string }[];
      /** Namespaces and options that differ; their values are known when every id is. */
      readonly differing: readonly Pick<Setting, "namespace" | "option">[];
    };
