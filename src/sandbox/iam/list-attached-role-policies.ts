import {
  ListAttachedRolePolicies$,
  type ListAttachedRolePoliciesRequest,
  type ListAttachedRolePoliciesResponse,
} from "@aws-sdk/client-iam";
import type { Operation } from "../wire/operation.ts";
import { findRole } from "./find.ts";
import { page } from "./page.ts";

/** ListAttachedRolePolicies. */
export const listAttachedRolePolicies: Operation<
  ListAttachedRolePoliciesRequest,
  ListAttachedRolePoliciesResponse
> = {
  schema: ListAttachedRolePolicies$,
  run({ iam }, input) {
    const prefix = input.PathPrefix ?? "/";
    const attached = [...findRole(iam, input.RoleName!).attachedPolicies]
      .filter((arn) => arn.slice(arn.indexOf(":policy/") + ":policy".length).startsWith(prefix))
      .map((PolicyArn) => ({ PolicyArn, PolicyName: PolicyArn.split("/").at(-1) }));
    const { items, more } = page(attached, input);
    return { AttachedPolicies: items, ...more };
  },
};
