import { DetachRolePolicy$, type DetachRolePolicyRequest } from "@aws-sdk/client-iam";
import type { Operation } from "../wire/operation.ts";
import { findRole, noSuchEntity } from "./find.ts";

/** DetachRolePolicy. */
export const detachRolePolicy: Operation<DetachRolePolicyRequest, void> = {
  schema: DetachRolePolicy$,
  run({ iam }, input) {
    const role = findRole(iam, input.RoleName!);
    if (!role.attachedPolicies.delete(input.PolicyArn!)) {
      throw noSuchEntity(`Policy ${input.PolicyArn} was not found.`);
    }
  },
};
