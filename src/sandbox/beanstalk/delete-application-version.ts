import {
  DeleteApplicationVersion$,
  type DeleteApplicationVersionMessage,
} from "@aws-sdk/client-elastic-beanstalk";
import { rm } from "node:fs/promises";
import { ServiceError, type Operation } from "../wire/operation.ts";
import { operationInProgress } from "./errors.ts";
import { findApplication, liveEnvironments } from "./find.ts";
import { recordEvent } from "./record-event.ts";

/** DeleteApplicationVersion: with `DeleteSourceBundle` the bundle in S3 goes too. An unknown label is no error. */
export const deleteApplicationVersion: Operation<DeleteApplicationVersionMessage, void> = {
  schema: DeleteApplicationVersion$,
  async run(region, input, { requestId }) {
    const application = findApplication(region.beanstalk, input.ApplicationName);
    const version = application.versions.get(input.VersionLabel ?? "");
    if (version === undefined) {
      return;
    }
    const { label } = version;
    const inUse = liveEnvironments(region.beanstalk).some(
      (environment) => environment.applicationName === application.name && environment.versionLabel === label,
    );
    if (inUse) {
      throw new ServiceError(
        "SourceBundleDeletionFailure",
        `Unable to delete application version ${label} because it is deployed to a running environment.`,
      );
    }
    if (version.status === "Processing") {
      throw operationInProgress("An operation is already in progress, please retry again shortly.");
    }
    application.versions.delete(label);
    const subject = { applicationName: application.name, versionLabel: label, requestId };
    if (input.DeleteSourceBundle === true) {
      const objects = region.s3.buckets.get(version.bundle.bucket)?.objects;
      const object = objects?.get(version.bundle.key);
      objects?.delete(version.bundle.key);
      if (object !== undefined) {
        await rm(object.file, { force: true });
      }
    }
    recordEvent(region, subject, `Deleted Application Version: ${label}`);
  },
};
