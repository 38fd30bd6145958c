import { CreateTags$, type CreateTagsRequest } from "@aws-sdk/client-ec2";
import type { Operation } from "../wire/operation.ts";
import { putTags, tagsOf } from "./tags.ts";

/** CreateTags: on all of the resources or on none. */
export const createTags: Operation<CreateTagsRequest, void> = {
  schema: CreateTags$,
  run({ ec2 }, { Resources: ids = [], Tags: tags = [] }) {
    const targets = ids.map((id) => tagsOf(ec2, id));
    for (const target of targets) putTags(target, tags);
  },
};
