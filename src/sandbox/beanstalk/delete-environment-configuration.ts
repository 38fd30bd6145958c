import {
  DeleteEnvironmentConfiguration$,
  type DeleteEnvironmentConfigurationMessage,
} from "@aws-sdk/client-elastic-beanstalk";
import type { Operation } from "../wire/operation.ts";
import { findApplication, findEnvironment } from "./find.ts";

/** DeleteEnvironmentConfiguration: drops a draft; a sandbox's updates never leave one behind. */
export const deleteEnvironmentConfiguration: Operation<DeleteEnvironmentConfigurationMessage, void> = {
  schema: DeleteEnvironmentConfiguration$,
  run(region, input) {
    findApplication(region.beanstalk, input.ApplicationName);
    findEnvironment(region.beanstalk, input);
  },
};
