import type { Operation } from "../wire/operation.ts";
import { addRoleToInstanceProfile } from "./add-role-to-instance-profile.ts";
import { attachRolePolicy } from "./attach-role-policy.ts";
import { createInstanceProfile } from "./create-instance-profile.ts";
import { createRole } from "./create-role.ts";
import { createServiceLinkedRole } from "./create-service-linked-role.ts";
import { deleteInstanceProfile } from "./delete-instance-profile.ts";
import { deleteRolePolicy } from "./delete-role-policy.ts";
import { deleteRole } from "./delete-role.ts";
import { detachRolePolicy } from "./detach-role-policy.ts";
import { getInstanceProfile } from "./get-instance-profile.ts";
import { getPolicy } from "./get-policy.ts";
import { getRolePolicy } from "./get-role-policy.ts";
import { getRole } from "./get-role.ts";
import { getUser } from "./get-user.ts";
import { listAccountAliases } from "./list-account-aliases.ts";
import { listAttachedRolePolicies } from "./list-attached-role-policies.ts";
import { listInstanceProfilesForRole } from "./list-instance-profiles-for-role.ts";
import { listInstanceProfiles } from "./list-instance-profiles.ts";
import { listPolicies } from "./list-policies.ts";
import { listRolePolicies } from "./list-role-policies.ts";
import { listRoleTags } from "./list-role-tags.ts";
import { listRoles } from "./list-roles.ts";
import { listUsers } from "./list-users.ts";
import { putRolePolicy } from "./put-role-policy.ts";
import { removeRoleFromInstanceProfile } from "./remove-role-from-instance-profile.ts";
import { simulatePrincipalPolicy } from "./simulate-principal-policy.ts";
import { tagRole } from "./tag-role.ts";
import { untagRole } from "./untag-role.ts";
import { updateAssumeRolePolicy } from "./update-assume-role-policy.ts";

/** Every IAM operation that the sandbox answers. */
export const operations: readonly Operation[] = [
  addRoleToInstanceProfile,
  attachRolePolicy,
  createInstanceProfile,
  createRole,
  createServiceLinkedRole,
  deleteInstanceProfile,
  deleteRolePolicy,
  deleteRole,
  detachRolePolicy,
  getInstanceProfile,
  getPolicy,
  getRolePolicy,
  getRole,
  getUser,
  listAccountAliases,
  listAttachedRolePolicies,
  listInstanceProfilesForRole,
  listInstanceProfiles,
  listPolicies,
  listRolePolicies,
  listRoleTags,
  listRoles,
  listUsers,
  putRolePolicy,
  removeRoleFromInstanceProfile,
  simulatePrincipalPolicy,
  tagRole,
  untagRole,
  updateAssumeRolePolicy,
];
