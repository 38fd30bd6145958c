import { UpdateAssumeRolePolicy$, type UpdateAssumeRolePolicyRequest } from "@aws-sdk/client-iam";
import type { Operation } from "../wire/operation.ts";
import { findRole } from "./find.ts";
import { checkTrustPolicy } from "./policy-document.ts";

/** UpdateAssumeRolePolicy. */
export const updateAssumeRolePolicy: Operation<UpdateAssumeRolePolicyRequest, void> = {
  schema: UpdateAssumeRolePolicy$,
  run({ iam }, input) {
    const role = findRole(iam, input.RoleName!);
    checkTrustPolicy(input.PolicyDocument!);
    role.trustPolicy = input.PolicyDocument!;
  },
};
