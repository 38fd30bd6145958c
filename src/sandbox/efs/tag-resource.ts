import { TagResource$, type TagResourceRequest } from "@aws-sdk/client-efs";
import type { Operation } from "../wire/operation.ts";
import { findTags } from "./find-tags.ts";
import { putTags } from "./tags.ts";

/** TagResource: a file system or an access point. */
export const tagResource: Operation<TagResourceRequest, void> = {
  schema: TagResource$,
  run({ efs }, input) {
    putTags(findTags(efs, input.ResourceId!), input.Tags ?? []);
  },
};
