import { DeleteTags$, type DeleteTagsRequest } from "@aws-sdk/client-efs";
import type { Operation } from "../wire/operation.ts";
import { findFileSystem } from "./find.ts";

/** DeleteTags: the older way to untag a file system. */
export const deleteTags: Operation<DeleteTagsRequest, void> = {
  schema: DeleteTags$,
  run({ efs }, input) {
    const { tags } = findFileSystem(efs, input.FileSystemId!);
    for (const key of input.TagKeys ?? []) tags.delete(key);
  },
};
