import {
  RequestEnvironmentInfo$,
  type RequestEnvironmentInfoMessage,
} from "@aws-sdk/client-elastic-beanstalk";
import type { Operation } from "../wire/operation.ts";
import { unsupported } from "./errors.ts";
import { findEnvironment } from "./find.ts";
import { beginGathering } from "./logs/gather-logs.ts";

/** RequestEnvironmentInfo: `tail` and `bundle`. */
export const requestEnvironmentInfo: Operation<RequestEnvironmentInfoMessage, void> = {
  schema: RequestEnvironmentInfo$,
  run(region, input, { requestId }) {
    const environment = findEnvironment(region.beanstalk, input);
    if (input.InfoType === undefined || input.InfoType === "analyze") {
      throw unsupported("RequestEnvironmentInfo of type analyze", "it has no model to ask");
    }
    beginGathering(region, environment, { type: input.InfoType, requestId });
  },
};
