import {
  DescribeApplications$,
  type ApplicationDescriptionsMessage,
  type DescribeApplicationsMessage,
} from "@aws-sdk/client-elastic-beanstalk";
import type { Operation } from "../wire/operation.ts";
import { describeApplication } from "./describe-application.ts";

/** DescribeApplications: names that don't exist are left out of the answer. */
export const describeApplications: Operation<DescribeApplicationsMessage, ApplicationDescriptionsMessage> = {
  schema: DescribeApplications$,
  run(region, { ApplicationNames: names }) {
    const wanted = names === undefined || names.length === 0 ? undefined : new Set(names);
    return {
      Applications: [...region.beanstalk.applications.values()]
        .filter((application) => wanted?.has(application.name) ?? true)
        .map(describeApplication),
    };
  },
};
