import { ServiceError } from "../wire/operation.ts";
import type { IamState, InstanceProfile, Role } from "./state.ts";

/** The role, or `NoSuchEntity` 404. */
export function findRole(iam: IamState, name: string): Role {
  const role = iam.roles.get(name);
  if (!role) throw noSuchEntity(`The role with name ${name} cannot be found.`);
  return role;
}

/** The instance profile, or `NoSuchEntity` 404. */
export function findInstanceProfile(iam: IamState, name: string): InstanceProfile {
  const profile = iam.instanceProfiles.get(name);
  if (!profile) throw noSuchEntity(`Instance Profile ${name} cannot be found.`);
  return profile;
}

/** IAM's error for what does not exist. */
export function noSuchEntity(message: string): ServiceError {
  return new ServiceError("NoSuchEntity", message, 404);
}

/** IAM's error for what exists already. */
export function alreadyExists(message: string): ServiceError {
  return new ServiceError("EntityAlreadyExists", message, 409);
}
