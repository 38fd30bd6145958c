import {
  DescribeEnvironments$,
  type DescribeEnvironmentsMessage,
  type EnvironmentDescriptionsMessage,
} from "@aws-sdk/client-elastic-beanstalk";
import type { Operation } from "../wire/operation.ts";
import { describeEnvironment } from "./describe-environment.ts";
import type { Environment } from "./environment.ts";
import { pageOf } from "./page.ts";

/** How long terminated environments are shown without being asked for by date, in milliseconds. */
const SHOWN_AFTER_TERMINATION = 60 * 60_000;

function isShown(environment: Environment, input: DescribeEnvironmentsMessage): boolean {
  if (environment.terminated === undefined) {
    return true;
  }
  if (input.IncludeDeleted === false) {
    return false;
  }
  const since = input.IncludedDeletedBackTo?.getTime() ?? Date.now() - SHOWN_AFTER_TERMINATION;
  return environment.terminated.getTime() >= since;
}

/** DescribeEnvironments: terminated ones are shown for an hour unless `IncludeDeleted` is false, as on AWS. */
export const describeEnvironments: Operation<DescribeEnvironmentsMessage, EnvironmentDescriptionsMessage> = {
  schema: DescribeEnvironments$,
  run(region, input) {
    const admits = (list: readonly string[] | undefined, value: string): boolean =>
      list === undefined || list.length === 0 || list.includes(value);
    const all = [...region.beanstalk.environments.values()].filter(
      (environment) =>
        (input.ApplicationName === undefined || environment.applicationName === input.ApplicationName) &&
        (input.VersionLabel === undefined || environment.versionLabel === input.VersionLabel) &&
        admits(input.EnvironmentIds, environment.id) &&
        admits(input.EnvironmentNames, environment.name) &&
        isShown(environment, input),
    );
    const page = pageOf(all, input.MaxRecords, input.NextToken);
    return {
      Environments: page.items.map((environment) => describeEnvironment(region, environment)),
      NextToken: page.nextToken,
    };
  },
};
