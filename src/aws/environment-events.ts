import { DescribeEventsCommand, type ElasticBeanstalkClient } from "@aws-sdk/client-elastic-beanstalk";

/** Something that Elastic Beanstalk wrote about an environment. */
export interface EnvironmentEvent {
  readonly at: Date;
  /** TRACE, DEBUG, INFO, WARN, ERROR or FATAL. */
  readonly severity: string;
  readonly message: string;
}

export interface EnvironmentEvents {
  /** Oldest first. */
  list(query: {
    environmentId?: string | undefined;
    environmentName?: string | undefined;
    requestId?: string | undefined;
    since?: Date | undefined;
    limit?: number | undefined;
  }): Promise<readonly EnvironmentEvent[]>;
}

/** Opens the events of Elastic Beanstalk. */
export function openEnvironmentEvents(beanstalk: ElasticBeanstalkClient): EnvironmentEvents {
  return {
    async list({ environmentId, environmentName, requestId, since, limit = 100 }) {
      const answer = await beanstalk.send(
        new DescribeEventsCommand({
          ...(environmentId === undefined ? {} : { EnvironmentId: environmentId }),
          ...(environmentName === undefined ? {} : { EnvironmentName: environmentName }),
          ...(requestId === undefined ? {} : { RequestId: requestId }),
          ...(since === undefined ? {} : { StartTime: since }),
          MaxRecords: limit,
        }),
      );
      return (answer.Events ?? [])
        .map((event) => ({
          at: event.EventDate ?? new Date(0),
          severity: event.Severity ?? "INFO",
          message: event.Message ?? "",
        }))
        .toReversed();
    },
  };
}
