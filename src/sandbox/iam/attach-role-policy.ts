import { AttachRolePolicy$, type AttachRolePolicyRequest } from "@aws-sdk/client-iam";
import { type Operation, ServiceError } from "../wire/operation.ts";
import { findRole } from "./find.ts";
import { findManagedPolicy } from "./managed-policies.ts";

/** AttachRolePolicy: of the managed policies that the sandbox knows. */
export const attachRolePolicy: Operation<AttachRolePolicyRequest, void> = {
  schema: AttachRolePolicy$,
  run({ iam }, input) {
    const role = findRole(iam, input.RoleName!);
    const policy = findManagedPolicy(input.PolicyArn!);
    if (role.attachedPolicies.size >= 20 && !role.attachedPolicies.has(policy.arn)) {
      throw new ServiceError("LimitExceeded", "Cannot exceed quota for PoliciesPerRole: 20", 409);
    }
    role.attachedPolicies.add(policy.arn);
  },
};
