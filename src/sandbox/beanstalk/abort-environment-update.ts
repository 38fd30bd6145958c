import {
  AbortEnvironmentUpdate$,
  type AbortEnvironmentUpdateMessage,
} from "@aws-sdk/client-elastic-beanstalk";
import type { Operation } from "../wire/operation.ts";
import { invalidParameterValue } from "./errors.ts";
import { findEnvironment } from "./find.ts";
import { tell } from "./record-event.ts";

/** AbortEnvironmentUpdate: the update that is under way stops, and instances go back to what they ran. */
export const abortEnvironmentUpdate: Operation<AbortEnvironmentUpdateMessage, void> = {
  schema: AbortEnvironmentUpdate$,
  run(region, input) {
    const environment = findEnvironment(region.beanstalk, input);
    if (!environment.abortable || environment.operation === undefined) {
      throw invalidParameterValue(
        `Environment named ${environment.name} is in an invalid state for this operation. Must be pending deployment.`,
      );
    }
    environment.abortable = false;
    environment.status = "Aborting";
    tell(region, environment, "abortEnvironmentUpdate is starting.");
    environment.operation.stop.abort();
  },
};
