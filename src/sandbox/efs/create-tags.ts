import { CreateTags$, type CreateTagsRequest } from "@aws-sdk/client-efs";
import type { Operation } from "../wire/operation.ts";
import { findFileSystem } from "./find.ts";
import { putTags } from "./tags.ts";

/** CreateTags: the older way to tag a file system. */
export const createTags: Operation<CreateTagsRequest, void> = {
  schema: CreateTags$,
  run({ efs }, input) {
    putTags(findFileSystem(efs, input.FileSystemId!).tags, input.Tags ?? []);
  },
};
