import {
  ListRolePolicies$,
  type ListRolePoliciesRequest,
  type ListRolePoliciesResponse,
} from "@aws-sdk/client-iam";
import type { Operation } from "../wire/operation.ts";
import { findRole } from "./find.ts";
import { page } from "./page.ts";

/** ListRolePolicies: the names of inline policies. */
export const listRolePolicies: Operation<ListRolePoliciesRequest, ListRolePoliciesResponse> = {
  schema: ListRolePolicies$,
  run({ iam }, input) {
    const { items, more } = page([...findRole(iam, input.RoleName!).inlinePolicies.keys()], input);
    return { PolicyNames: items, ...more };
  },
};
