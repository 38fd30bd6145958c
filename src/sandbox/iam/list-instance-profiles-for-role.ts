import {
  ListInstanceProfilesForRole$,
  type ListInstanceProfilesForRoleRequest,
  type ListInstanceProfilesForRoleResponse,
} from "@aws-sdk/client-iam";
import type { Operation } from "../wire/operation.ts";
import { describeInstanceProfile } from "./describe.ts";
import { findRole } from "./find.ts";
import { page } from "./page.ts";

/** ListInstanceProfilesForRole. */
export const listInstanceProfilesForRole: Operation<
  ListInstanceProfilesForRoleRequest,
  ListInstanceProfilesForRoleResponse
> = {
  schema: ListInstanceProfilesForRole$,
  run({ iam }, input) {
    const role = findRole(iam, input.RoleName!);
    const profiles = [...iam.instanceProfiles.values()].filter((profile) =>
      profile.roles.includes(role.name),
    );
    const { items, more } = page(profiles, input);
    return { InstanceProfiles: items.map((profile) => describeInstanceProfile(iam, profile)), ...more };
  },
};
