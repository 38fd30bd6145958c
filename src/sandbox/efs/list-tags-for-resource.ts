import {
  ListTagsForResource$,
  type ListTagsForResourceRequest,
  type ListTagsForResourceResponse,
} from "@aws-sdk/client-efs";
import type { Operation } from "../wire/operation.ts";
import { findTags } from "./find-tags.ts";
import { page } from "./page.ts";
import { listTags } from "./tags.ts";

/** ListTagsForResource. */
export const listTagsForResource: Operation<ListTagsForResourceRequest, ListTagsForResourceResponse> = {
  schema: ListTagsForResource$,
  run({ efs }, input) {
    const { items, next } = page(
      listTags(findTags(efs, input.ResourceId!)),
      input.NextToken,
      input.MaxResults,
    );
    return { Tags: items, ...(next === undefined ? {} : { NextToken: next }) };
  },
};
