import { ListPolicies$, type ListPoliciesRequest, type ListPoliciesResponse } from "@aws-sdk/client-iam";
import type { Operation } from "../wire/operation.ts";
import { describePolicy } from "./describe-policy.ts";
import { MANAGED_POLICIES } from "./managed-policies.ts";
import { page } from "./page.ts";

/** ListPolicies: the managed policies that the sandbox knows; nobody has made others. */
export const listPolicies: Operation<ListPoliciesRequest, ListPoliciesResponse> = {
  schema: ListPolicies$,
  run({ iam }, input) {
    const counted = MANAGED_POLICIES.map((policy) => ({
      policy,
      attached: [...iam.roles.values()].filter((role) => role.attachedPolicies.has(policy.arn)).length,
    })).filter(
      ({ policy, attached }) =>
        input.Scope !== "Local" &&
        (input.OnlyAttached !== true || attached > 0) &&
        policy.path.startsWith(input.PathPrefix ?? "/"),
    );
    const { items, more } = page(counted, input);
    return { Policies: items.map(({ policy, attached }) => describePolicy(policy, attached)), ...more };
  },
};
