import { ListRoles$, type ListRolesRequest, type ListRolesResponse } from "@aws-sdk/client-iam";
import type { Operation } from "../wire/operation.ts";
import { describeRole } from "./describe.ts";
import { page } from "./page.ts";

/** ListRoles. */
export const listRoles: Operation<ListRolesRequest, ListRolesResponse> = {
  schema: ListRoles$,
  run({ iam }, input) {
    const prefix = input.PathPrefix ?? "/";
    const roles = [...iam.roles.values()]
      .filter((role) => role.path.startsWith(prefix))
      .toSorted((a, b) => a.name.localeCompare(b.name));
    const { items, more } = page(roles, input);
    return { Roles: items.map(describeRole), ...more };
  },
};
