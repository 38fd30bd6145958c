import {
  TerminateEnvironment$,
  type EnvironmentDescription,
  type TerminateEnvironmentMessage,
} from "@aws-sdk/client-elastic-beanstalk";
import type { Operation } from "../wire/operation.ts";
import { describeEnvironment } from "./describe-environment.ts";
import { beginTermination } from "./engine/terminate-environment.ts";
import { unsupported } from "./errors.ts";
import { findEnvironment, findReadyEnvironment } from "./find.ts";

/** TerminateEnvironment: with `ForceTerminate` also an environment that is being launched or updated. */
export const terminateEnvironment: Operation<TerminateEnvironmentMessage, EnvironmentDescription> = {
  schema: TerminateEnvironment$,
  run(region, input, { requestId }) {
    if (input.TerminateResources === false) {
      throw unsupported(
        "TerminateEnvironment without TerminateResources",
        "its resources would have no owner",
      );
    }
    const environment =
      input.ForceTerminate === true
        ? findEnvironment(region.beanstalk, input)
        : findReadyEnvironment(region.beanstalk, input);
    if (environment.status !== "Terminating") {
      beginTermination(region, environment, requestId);
    }
    return describeEnvironment(region, environment);
  },
};
