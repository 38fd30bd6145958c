import { DescribeTags$, type DescribeTagsRequest, type DescribeTagsResponse } from "@aws-sdk/client-efs";
import type { Operation } from "../wire/operation.ts";
import { findFileSystem } from "./find.ts";
import { page } from "./page.ts";
import { listTags } from "./tags.ts";

/** DescribeTags: the older way to list the tags of a file system. */
export const describeTags: Operation<DescribeTagsRequest, DescribeTagsResponse> = {
  schema: DescribeTags$,
  run({ efs }, input) {
    const { tags } = findFileSystem(efs, input.FileSystemId!);
    const { items, next } = page(listTags(tags), input.Marker, input.MaxItems);
    return { Tags: items, ...(next === undefined ? {} : { NextMarker: next }) };
  },
};
