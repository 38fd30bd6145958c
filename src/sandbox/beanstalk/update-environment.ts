import {
  UpdateEnvironment$,
  type EnvironmentDescription,
  type UpdateEnvironmentMessage,
} from "@aws-sdk/client-elastic-beanstalk";
import type { Operation } from "../wire/operation.ts";
import { checkSettings } from "./check-settings.ts";
import { choosePlatform } from "./choose-platform.ts";
import { describeEnvironment } from "./describe-environment.ts";
import { beginUpdate } from "./engine/update-environment.ts";
import { invalidParameterValue } from "./errors.ts";
import { findApplication, findReadyEnvironment, findTemplate, findVersion } from "./find.ts";
import { effectiveSettings } from "./options/effective.ts";
import { withoutOptions, withSettings } from "./options/settings.ts";

/** UpdateEnvironment: another version, platform, template or other settings. */
export const updateEnvironment: Operation<UpdateEnvironmentMessage, EnvironmentDescription> = {
  schema: UpdateEnvironment$,
  run(region, input, { requestId }) {
    const environment = findReadyEnvironment(region.beanstalk, input);
    const application = findApplication(region.beanstalk, environment.applicationName);
    if (input.ApplicationName !== undefined && input.ApplicationName !== application.name) {
      throw invalidParameterValue(
        `No Environment found for EnvironmentName = '${environment.name}' in application '${input.ApplicationName}'.`,
      );
    }
    const versionLabel = input.VersionLabel ?? environment.versionLabel;
    if (input.VersionLabel !== undefined) {
      const { status } = findVersion(application, input.VersionLabel);
      if (status === "Processing" || status === "Failed") {
        throw invalidParameterValue(
          `Application Version ${versionLabel} is in an unusable state: ${status}.`,
        );
      }
    }
    const template =
      input.TemplateName === undefined ? undefined : findTemplate(application, input.TemplateName);
    const platform = choosePlatform(input, region.name) ?? template?.platform ?? environment.platform;
    const options = input.OptionSettings ?? [];
    const base = withoutOptions(template?.given ?? environment.given, input.OptionsToRemove ?? []);
    const given = withSettings(base, options);
    checkSettings(region, options, {
      base,
      present: environment.settings,
      merged: effectiveSettings(given),
    });
    environment.description = input.Description ?? environment.description;
    environment.templateName = input.TemplateName ?? environment.templateName;
    const deploys = input.VersionLabel !== undefined;
    beginUpdate(region, environment, { wanted: { versionLabel, deploys, platform, given }, requestId });
    return describeEnvironment(region, environment);
  },
};
