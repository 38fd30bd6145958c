import {
  UpdateApplication$,
  type ApplicationDescriptionMessage,
  type UpdateApplicationMessage,
} from "@aws-sdk/client-elastic-beanstalk";
import type { Operation } from "../wire/operation.ts";
import { describeApplication } from "./describe-application.ts";
import { findApplication } from "./find.ts";
import { recordEvent } from "./record-event.ts";

/** UpdateApplication: only the description can change. */
export const updateApplication: Operation<UpdateApplicationMessage, ApplicationDescriptionMessage> = {
  schema: UpdateApplication$,
  run(region, input, { requestId }) {
    const application = findApplication(region.beanstalk, input.ApplicationName);
    if (input.Description !== undefined) {
      application.description = input.Description === "" ? undefined : input.Description;
    }
    application.updated = new Date();
    const subject = { applicationName: application.name, requestId };
    recordEvent(region, subject, `Updated Application: ${application.name}`);
    return { Application: describeApplication(application) };
  },
};
