import { RebuildEnvironment$, type RebuildEnvironmentMessage } from "@aws-sdk/client-elastic-beanstalk";
import type { Operation } from "../wire/operation.ts";
import { beginRebuild } from "./engine/rebuild-environment.ts";
import { findReadyEnvironment } from "./find.ts";

/** RebuildEnvironment: of living environments; a terminated one is created anew instead. */
export const rebuildEnvironment: Operation<RebuildEnvironmentMessage, void> = {
  schema: RebuildEnvironment$,
  run(region, input, { requestId }) {
    beginRebuild(region, findReadyEnvironment(region.beanstalk, input), requestId);
  },
};
