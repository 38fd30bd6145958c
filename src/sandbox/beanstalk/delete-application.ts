import { DeleteApplication$, type DeleteApplicationMessage } from "@aws-sdk/client-elastic-beanstalk";
import type { Operation } from "../wire/operation.ts";
import { beginTermination } from "./engine/terminate-environment.ts";
import { invalidParameterValue, operationInProgress } from "./errors.ts";
import { liveEnvironments } from "./find.ts";
import { recordEvent } from "./record-event.ts";

/** DeleteApplication: versions and templates go with it, bundles in S3 stay. An unknown name is no error. */
export const deleteApplication: Operation<DeleteApplicationMessage, void> = {
  schema: DeleteApplication$,
  run(region, input, { requestId }) {
    const state = region.beanstalk;
    const application = state.applications.get(input.ApplicationName ?? "");
    if (application === undefined) {
      return;
    }
    const environments = liveEnvironments(state).filter(
      (environment) => environment.applicationName === application.name,
    );
    if (environments.length > 0 && input.TerminateEnvByForce !== true) {
      throw invalidParameterValue(
        `Unable to delete application ${application.name} because it has a version that is deployed to a running environment.`,
      );
    }
    if (environments.some((environment) => !["Ready", "Terminating"].includes(environment.status))) {
      throw operationInProgress("An operation is already in progress, please retry again shortly.");
    }
    for (const environment of environments) {
      if (environment.status === "Ready") {
        beginTermination(region, environment, requestId);
      }
    }
    state.applications.delete(application.name);
    const subject = { applicationName: application.name, requestId };
    recordEvent(region, subject, `Deleted Application: ${application.name}`);
  },
};
