import { PutRolePolicy$, type PutRolePolicyRequest } from "@aws-sdk/client-iam";
import type { Operation } from "../wire/operation.ts";
import { findRole } from "./find.ts";
import { readPolicy } from "./policy-document.ts";

/** PutRolePolicy: an inline policy. */
export const putRolePolicy: Operation<PutRolePolicyRequest, void> = {
  schema: PutRolePolicy$,
  run({ iam }, input) {
    const role = findRole(iam, input.RoleName!);
    readPolicy(input.PolicyDocument!);
    role.inlinePolicies.set(input.PolicyName!, input.PolicyDocument!);
  },
};
