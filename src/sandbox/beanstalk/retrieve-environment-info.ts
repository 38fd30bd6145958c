import {
  RetrieveEnvironmentInfo$,
  type RetrieveEnvironmentInfoMessage,
  type RetrieveEnvironmentInfoResultMessage,
} from "@aws-sdk/client-elastic-beanstalk";
import type { Operation } from "../wire/operation.ts";
import { findEnvironment } from "./find.ts";

/** How long gathered logs are kept, in milliseconds. */
const KEPT = 15 * 60_000;

/** RetrieveEnvironmentInfo: what has been gathered in the last fifteen minutes. */
export const retrieveEnvironmentInfo: Operation<
  RetrieveEnvironmentInfoMessage,
  RetrieveEnvironmentInfoResultMessage
> = {
  schema: RetrieveEnvironmentInfo$,
  run(region, input) {
    const { id } = findEnvironment(region.beanstalk, input);
    return {
      EnvironmentInfo: region.beanstalk.logSamples
        .filter(
          (sample) =>
            sample.environmentId === id &&
            sample.type === input.InfoType &&
            sample.date.getTime() > Date.now() - KEPT,
        )
        .map((sample) => ({
          InfoType: sample.type,
          Ec2InstanceId: sample.instanceId,
          SampleTimestamp: sample.date,
          Message: sample.url,
        })),
    };
  },
};
