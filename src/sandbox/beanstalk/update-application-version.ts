import {
  UpdateApplicationVersion$,
  type ApplicationVersionDescriptionMessage,
  type UpdateApplicationVersionMessage,
} from "@aws-sdk/client-elastic-beanstalk";
import type { Operation } from "../wire/operation.ts";
import { describeVersion } from "./describe-application.ts";
import { findApplication, findVersion } from "./find.ts";

/** UpdateApplicationVersion: only the description can change. */
export const updateApplicationVersion: Operation<
  UpdateApplicationVersionMessage,
  ApplicationVersionDescriptionMessage
> = {
  schema: UpdateApplicationVersion$,
  run(region, input) {
    const application = findApplication(region.beanstalk, input.ApplicationName);
    const version = findVersion(application, input.VersionLabel);
    if (input.Description !== undefined) {
      version.description = input.Description === "" ? undefined : input.Description;
    }
    version.updated = new Date();
    return { ApplicationVersion: describeVersion(application, version) };
  },
};
