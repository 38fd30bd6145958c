import { GetPolicy$, type GetPolicyRequest, type GetPolicyResponse } from "@aws-sdk/client-iam";
import type { Operation } from "../wire/operation.ts";
import { describePolicy } from "./describe-policy.ts";
import { findManagedPolicy } from "./managed-policies.ts";

/** GetPolicy: a managed policy. */
export const getPolicy: Operation<GetPolicyRequest, GetPolicyResponse> = {
  schema: GetPolicy$,
  run({ iam }, input) {
    const policy = findManagedPolicy(input.PolicyArn!);
    const attached = [...iam.roles.values()].filter((role) => role.attachedPolicies.has(policy.arn));
    return { Policy: describePolicy(policy, attached.length) };
  },
};
