import { DeleteRolePolicy$, type DeleteRolePolicyRequest } from "@aws-sdk/client-iam";
import type { Operation } from "../wire/operation.ts";
import { findRole, noSuchEntity } from "./find.ts";

/** DeleteRolePolicy. */
export const deleteRolePolicy: Operation<DeleteRolePolicyRequest, void> = {
  schema: DeleteRolePolicy$,
  run({ iam }, input) {
    const role = findRole(iam, input.RoleName!);
    if (!role.inlinePolicies.delete(input.PolicyName!)) {
      throw noSuchEntity(`The role policy with name ${input.PolicyName} cannot be found.`);
    }
  },
};
