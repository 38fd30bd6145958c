import {
  DescribeApplicationVersions$,
  type ApplicationVersionDescriptionsMessage,
  type DescribeApplicationVersionsMessage,
} from "@aws-sdk/client-elastic-beanstalk";
import type { Operation } from "../wire/operation.ts";
import { describeVersion } from "./describe-application.ts";
import { pageOf } from "./page.ts";

/** DescribeApplicationVersions: the newest first; unknown names and labels are left out. */
export const describeApplicationVersions: Operation<
  DescribeApplicationVersionsMessage,
  ApplicationVersionDescriptionsMessage
> = {
  schema: DescribeApplicationVersions$,
  run(region, input) {
    const labels = new Set(input.VersionLabels);
    const all = [...region.beanstalk.applications.values()]
      .filter(
        (application) => input.ApplicationName === undefined || application.name === input.ApplicationName,
      )
      .flatMap((application) =>
        [...application.versions.values()].toReversed().map((version) => ({ application, version })),
      )
      .filter(({ version }) => labels.size === 0 || labels.has(version.label));
    const page = pageOf(all, input.MaxRecords, input.NextToken);
    return {
      ApplicationVersions: page.items.map(({ application, version }) =>
        describeVersion(application, version),
      ),
      NextToken: page.nextToken,
    };
  },
};
