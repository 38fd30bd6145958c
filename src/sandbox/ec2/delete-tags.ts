import { DeleteTags$, type DeleteTagsRequest } from "@aws-sdk/client-ec2";
import type { Operation } from "../wire/operation.ts";
import { tagsOf } from "./tags.ts";

/** DeleteTags: all of them, or those named; a value that is given must match. */
export const deleteTags: Operation<DeleteTagsRequest, void> = {
  schema: DeleteTags$,
  run({ ec2 }, { Resources: ids = [], Tags: tags }) {
    for (const target of ids.map((id) => tagsOf(ec2, id))) {
      if (!tags) target.clear();
      for (const { Key: key = "", Value: value } of tags ?? []) {
        if (value === undefined || target.get(key) === value) target.delete(key);
      }
    }
  },
};
