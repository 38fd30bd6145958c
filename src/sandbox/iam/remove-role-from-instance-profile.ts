import {
  RemoveRoleFromInstanceProfile$,
  type RemoveRoleFromInstanceProfileRequest,
} from "@aws-sdk/client-iam";
import type { Operation } from "../wire/operation.ts";
import { findInstanceProfile, noSuchEntity } from "./find.ts";

/** RemoveRoleFromInstanceProfile. */
export const removeRoleFromInstanceProfile: Operation<RemoveRoleFromInstanceProfileRequest, void> = {
  schema: RemoveRoleFromInstanceProfile$,
  run({ iam }, input) {
    const profile = findInstanceProfile(iam, input.InstanceProfileName!);
    const index = profile.roles.indexOf(input.RoleName!);
    if (index === -1) throw noSuchEntity(`The role with name ${input.RoleName} cannot be found.`);
    profile.roles.splice(index, 1);
  },
};
