import {
  CreateConfigurationTemplate$,
  type ConfigurationSettingsDescription,
  type CreateConfigurationTemplateMessage,
} from "@aws-sdk/client-elastic-beanstalk";
import type { Region } from "../region.ts";
import type { Operation } from "../wire/operation.ts";
import type { ConfigurationTemplate } from "./application.ts";
import { checkSettings } from "./check-settings.ts";
import { choosePlatform } from "./choose-platform.ts";
import { describeTemplate } from "./describe-application.ts";
import { invalidParameterValue, missingParameter } from "./errors.ts";
import { findApplication, findEnvironment, findTemplate } from "./find.ts";
import { effectiveSettings } from "./options/effective.ts";
import { NO_SETTINGS, withSettings, type Settings } from "./options/settings.ts";
import type { PlatformVersion } from "./platforms.ts";
import { recordEvent } from "./record-event.ts";

interface Source {
  readonly platform: PlatformVersion;
  readonly settings: Settings;
}

function sourceOf(region: Region, input: CreateConfigurationTemplateMessage): Source {
  const platform = choosePlatform(input, region.name);
  if (input.EnvironmentId !== undefined) {
    const environment = findEnvironment(region.beanstalk, { EnvironmentId: input.EnvironmentId });
    return { platform: platform ?? environment.platform, settings: environment.given };
  }
  if (input.SourceConfiguration !== undefined) {
    const { ApplicationName: name, TemplateName: template } = input.SourceConfiguration;
    const source = findTemplate(findApplication(region.beanstalk, name ?? input.ApplicationName), template);
    return { platform: platform ?? source.platform, settings: source.given };
  }
  if (platform === undefined) {
    throw missingParameter(
      "You must specify a platform, a solution stack, an environment, or a source configuration.",
    );
  }
  return { platform, settings: NO_SETTINGS };
}

/** CreateConfigurationTemplate: validates everything that CreateEnvironment would, and launches nothing. */
export const createConfigurationTemplate: Operation<
  CreateConfigurationTemplateMessage,
  ConfigurationSettingsDescription
> = {
  schema: CreateConfigurationTemplate$,
  run(region, input, { requestId }) {
    const application = findApplication(region.beanstalk, input.ApplicationName);
    const name = input.TemplateName ?? "";
    if (application.templates.has(name)) {
      throw invalidParameterValue(`Configuration Template ${name} already exists.`);
    }
    const { platform, settings: base } = sourceOf(region, input);
    const options = input.OptionSettings ?? [];
    const given = withSettings(base, options);
    checkSettings(region, options, { base, merged: effectiveSettings(given) });
    const now = new Date();
    const template: ConfigurationTemplate = {
      name,
      description: input.Description,
      platform,
      given,
      created: now,
      updated: now,
    };
    application.templates.set(name, template);
    const subject = { applicationName: application.name, templateName: name, requestId };
    recordEvent(region, subject, `Created new Configuration Template: ${name}`);
    return describeTemplate(region, application, template);
  },
};
