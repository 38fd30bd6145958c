import { UntagRole$, type UntagRoleRequest } from "@aws-sdk/client-iam";
import type { Operation } from "../wire/operation.ts";
import { findRole } from "./find.ts";

/** UntagRole. */
export const untagRole: Operation<UntagRoleRequest, void> = {
  schema: UntagRole$,
  run({ iam }, input) {
    const { tags } = findRole(iam, input.RoleName!);
    for (const key of input.TagKeys ?? []) tags.delete(key);
  },
};
