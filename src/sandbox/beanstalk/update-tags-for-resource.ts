import { UpdateTagsForResource$, type UpdateTagsForResourceMessage } from "@aws-sdk/client-elastic-beanstalk";
import type { Operation } from "../wire/operation.ts";
import { beginTagging } from "./engine/tag-environment.ts";
import { operationInProgress } from "./errors.ts";
import { liveEnvironments } from "./find.ts";
import { findTagged } from "./tagged-resource.ts";
import { tagsOf } from "./tags.ts";

/** UpdateTagsForResource: on an environment it is an update, and instances carry the tags when it is done. */
export const updateTagsForResource: Operation<UpdateTagsForResourceMessage, void> = {
  schema: UpdateTagsForResource$,
  run(region, input, { requestId }) {
    const resource = findTagged(region, input.ResourceArn);
    const added = tagsOf(input.TagsToAdd);
    const removed = input.TagsToRemove ?? [];
    const environment = liveEnvironments(region.beanstalk).find((one) => one.arn === resource.arn);
    if (environment !== undefined) {
      if (environment.status !== "Ready") {
        throw operationInProgress("An operation is already in progress, please retry again shortly.");
      }
      beginTagging(region, environment, { added, removed, requestId });
      return;
    }
    for (const [key, value] of added) {
      resource.tags.set(key, value);
    }
    for (const key of removed) {
      resource.tags.delete(key);
    }
  },
};
