import { UntagResource$, type UntagResourceRequest } from "@aws-sdk/client-efs";
import type { Operation } from "../wire/operation.ts";
import { findTags } from "./find-tags.ts";

/** UntagResource. */
export const untagResource: Operation<UntagResourceRequest, void> = {
  schema: UntagResource$,
  run({ efs }, input) {
    const tags = findTags(efs, input.ResourceId!);
    for (const key of input.TagKeys ?? []) tags.delete(key);
  },
};
