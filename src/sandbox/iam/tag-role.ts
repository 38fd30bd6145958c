import { TagRole$, type TagRoleRequest } from "@aws-sdk/client-iam";
import { type Operation, ServiceError } from "../wire/operation.ts";
import { readTags } from "./describe.ts";
import { findRole } from "./find.ts";

/** TagRole. */
export const tagRole: Operation<TagRoleRequest, void> = {
  schema: TagRole$,
  run({ iam }, input) {
    const { tags } = findRole(iam, input.RoleName!);
    for (const [key, value] of readTags(input.Tags)) tags.set(key, value);
    if (tags.size > 50)
      throw new ServiceError("LimitExceeded", "The number of tags has reached the maximum limit.", 409);
  },
};
