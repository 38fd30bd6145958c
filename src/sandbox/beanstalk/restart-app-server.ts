import { RestartAppServer$, type RestartAppServerMessage } from "@aws-sdk/client-elastic-beanstalk";
import type { Operation } from "../wire/operation.ts";
import { beginRestart } from "./engine/restart-application.ts";
import { findReadyEnvironment } from "./find.ts";

/** RestartAppServer. */
export const restartAppServer: Operation<RestartAppServerMessage, void> = {
  schema: RestartAppServer$,
  run(region, input, { requestId }) {
    beginRestart(region, findReadyEnvironment(region.beanstalk, input), requestId);
  },
};
