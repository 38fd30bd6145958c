import {
  UpdateApplicationResourceLifecycle$,
  type ApplicationResourceLifecycleDescriptionMessage,
  type UpdateApplicationResourceLifecycleMessage,
} from "@aws-sdk/client-elastic-beanstalk";
import type { Operation } from "../wire/operation.ts";
import { findApplication } from "./find.ts";
import { resourceLifecycleOf } from "./resource-lifecycle.ts";

/** UpdateApplicationResourceLifecycle: kept and shown; the sandbox never deletes versions on its own. */
export const updateApplicationResourceLifecycle: Operation<
  UpdateApplicationResourceLifecycleMessage,
  ApplicationResourceLifecycleDescriptionMessage
> = {
  schema: UpdateApplicationResourceLifecycle$,
  run(region, input) {
    const application = findApplication(region.beanstalk, input.ApplicationName);
    application.lifecycle = resourceLifecycleOf(input.ResourceLifecycleConfig ?? {}, application.lifecycle);
    return { ApplicationName: application.name, ResourceLifecycleConfig: application.lifecycle };
  },
};
