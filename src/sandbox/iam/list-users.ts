import { ListUsers$, type ListUsersRequest, type ListUsersResponse } from "@aws-sdk/client-iam";
import type { Operation } from "../wire/operation.ts";
import { describeUser } from "./describe-user.ts";
import { page } from "./page.ts";

/** ListUsers: there is one. */
export const listUsers: Operation<ListUsersRequest, ListUsersResponse> = {
  schema: ListUsers$,
  run({ iam }, input) {
    const { items, more } = page([iam.user], input);
    return { Users: items.map(describeUser), ...more };
  },
};
