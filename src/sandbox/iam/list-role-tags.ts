import { ListRoleTags$, type ListRoleTagsRequest, type ListRoleTagsResponse } from "@aws-sdk/client-iam";
import type { Operation } from "../wire/operation.ts";
import { listTags } from "./describe.ts";
import { findRole } from "./find.ts";
import { page } from "./page.ts";

/** ListRoleTags. */
export const listRoleTags: Operation<ListRoleTagsRequest, ListRoleTagsResponse> = {
  schema: ListRoleTags$,
  run({ iam }, input) {
    const { items, more } = page(listTags(findRole(iam, input.RoleName!).tags), input);
    return { Tags: items, ...more };
  },
};
