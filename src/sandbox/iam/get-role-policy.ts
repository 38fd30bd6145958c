import { GetRolePolicy$, type GetRolePolicyRequest, type GetRolePolicyResponse } from "@aws-sdk/client-iam";
import type { Operation } from "../wire/operation.ts";
import { findRole, noSuchEntity } from "./find.ts";

/** GetRolePolicy: an inline policy, percent-encoded. */
export const getRolePolicy: Operation<GetRolePolicyRequest, GetRolePolicyResponse> = {
  schema: GetRolePolicy$,
  run({ iam }, input) {
    const role = findRole(iam, input.RoleName!);
    const document = role.inlinePolicies.get(input.PolicyName!);
    if (document === undefined) {
      throw noSuchEntity(`The role policy with name ${input.PolicyName} cannot be found.`);
    }
    return {
      RoleName: role.name,
      PolicyName: input.PolicyName,
      PolicyDocument: encodeURIComponent(document),
    };
  },
};
