import { AddRoleToInstanceProfile$, type AddRoleToInstanceProfileRequest } from "@aws-sdk/client-iam";
import { type Operation, ServiceError } from "../wire/operation.ts";
import { findInstanceProfile, findRole } from "./find.ts";

/** AddRoleToInstanceProfile: a profile holds one role. */
export const addRoleToInstanceProfile: Operation<AddRoleToInstanceProfileRequest, void> = {
  schema: AddRoleToInstanceProfile$,
  run({ iam }, input) {
    const profile = findInstanceProfile(iam, input.InstanceProfileName!);
    const role = findRole(iam, input.RoleName!);
    if (profile.roles.length > 0) {
      throw new ServiceError(
        "LimitExceeded",
        "Cannot exceed quota for InstanceSessionsPerInstanceProfile: 1",
        409,
      );
    }
    profile.roles.push(role.name);
  },
};
