import {
  ListTagsForResource$,
  type ListTagsForResourceMessage,
  type ResourceTagsDescriptionMessage,
} from "@aws-sdk/client-elastic-beanstalk";
import type { Operation } from "../wire/operation.ts";
import { liveEnvironments } from "./find.ts";
import { findTagged } from "./tagged-resource.ts";

/** ListTagsForResource: environments carry Beanstalk's own tags as well. */
export const listTagsForResource: Operation<ListTagsForResourceMessage, ResourceTagsDescriptionMessage> = {
  schema: ListTagsForResource$,
  run(region, input) {
    const { arn, tags } = findTagged(region, input.ResourceArn);
    const environment = liveEnvironments(region.beanstalk).find((one) => one.arn === arn);
    const own =
      environment === undefined
        ? []
        : [
            { Key: "elasticbeanstalk:environment-id", Value: environment.id },
            { Key: "elasticbeanstalk:environment-name", Value: environment.name },
            { Key: "Name", Value: environment.name },
          ];
    return {
      ResourceArn: arn,
      ResourceTags: [...own, ...[...tags].map(([Key, Value]) => ({ Key, Value }))],
    };
  },
};
