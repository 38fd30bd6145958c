import {
  type ElasticBeanstalkClient,
  RequestEnvironmentInfoCommand,
  RetrieveEnvironmentInfoCommand,
} from "@aws-sdk/client-elastic-beanstalk";

/** The end of an instance's logs, or all of them: an address in S3 that is good for some minutes. */
export interface LogSample {
  readonly instanceId: string;
  readonly sampledAt: Date;
  readonly url: string;
}

export interface EnvironmentLogs {
  /** Asks every instance for its logs; they arrive within a minute. */
  request(environmentName: string, kind: "tail" | "bundle"): Promise<void>;
  retrieve(environmentName: string, kind: "tail" | "bundle"): Promise<readonly LogSample[]>;
}

/** Opens the logs of Elastic Beanstalk. */
export function openEnvironmentLogs(beanstalk: ElasticBeanstalkClient): EnvironmentLogs {
  return {
    async request(environmentName, kind) {
      await beanstalk.send(
        new RequestEnvironmentInfoCommand({ EnvironmentName: environmentName, InfoType: kind }),
      );
    },
    async retrieve(environmentName, kind) {
      const answer = await beanstalk.send(
        new RetrieveEnvironmentInfoCommand({ EnvironmentName: environmentName, InfoType: kind }),
      );
      return (answer.EnvironmentInfo ?? []).map((info) => ({
        instanceId: info.Ec2InstanceId ?? "",
        sampledAt: info.SampleTimestamp ?? new Date(0),
        url: info.Message ?? "",
      }));
    },
  };
}
