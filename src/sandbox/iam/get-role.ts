import { GetRole$, type GetRoleRequest, type GetRoleResponse } from "@aws-sdk/client-iam";
import type { Operation } from "../wire/operation.ts";
import { describeRole } from "./describe.ts";
import { findRole } from "./find.ts";

/** GetRole. */
export const getRole: Operation<GetRoleRequest, GetRoleResponse> = {
  schema: GetRole$,
  run({ iam }, input) {
    return { Role: describeRole(findRole(iam, input.RoleName!)) };
  },
};
