import {
  DescribeEvents$,
  type DescribeEventsMessage,
  type EventDescription,
  type EventDescriptionsMessage,
} from "@aws-sdk/client-elastic-beanstalk";
import type { Operation } from "../wire/operation.ts";
import { invalidParameterValue } from "./errors.ts";
import { SEVERITIES, type BeanstalkEvent } from "./event.ts";

function describe(event: BeanstalkEvent): EventDescription {
  return {
    EventDate: event.date,
    Message: event.message,
    ApplicationName: event.applicationName,
    VersionLabel: event.versionLabel,
    TemplateName: event.templateName,
    EnvironmentName: event.environmentName,
    PlatformArn: event.platformArn,
    RequestId: event.requestId,
    Severity: event.severity,
  };
}

/** Does an event pass the request's filters? */
export function passes(event: BeanstalkEvent, input: DescribeEventsMessage): boolean {
  const same = (wanted: string | undefined, value: string | undefined): boolean =>
    wanted === undefined || wanted === value;
  const grave =
    input.Severity === undefined ||
    SEVERITIES.indexOf(event.severity) >= SEVERITIES.findIndex((one) => one === input.Severity);
  return (
    grave &&
    same(input.ApplicationName, event.applicationName) &&
    same(input.VersionLabel, event.versionLabel) &&
    same(input.TemplateName, event.templateName) &&
    same(input.EnvironmentId, event.environmentId) &&
    same(input.EnvironmentName, event.environmentName) &&
    same(input.PlatformArn, event.platformArn) &&
    same(input.RequestId, event.requestId) &&
    (input.StartTime === undefined || event.date >= input.StartTime) &&
    (input.EndTime === undefined || event.date < input.EndTime)
  );
}

/** DescribeEvents: the newest first. The token names an event, so that pages do not shift while events arrive. */
export const describeEvents: Operation<DescribeEventsMessage, EventDescriptionsMessage> = {
  schema: DescribeEvents$,
  run(region, input) {
    const before = input.NextToken === undefined ? Number.POSITIVE_INFINITY : Number(input.NextToken);
    if (Number.isNaN(before)) {
      throw invalidParameterValue("Invalid NextToken.");
    }
    const found = region.beanstalk.events
      .filter((event) => event.sequence < before && passes(event, input))
      .toReversed();
    const page = found.slice(0, input.MaxRecords ?? 1000);
    const last = page.at(-1);
    return {
      Events: page.map(describe),
      NextToken: last !== undefined && page.length < found.length ? String(last.sequence) : undefined,
    };
  },
};
