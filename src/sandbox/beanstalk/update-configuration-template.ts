import {
  UpdateConfigurationTemplate$,
  type ConfigurationSettingsDescription,
  type UpdateConfigurationTemplateMessage,
} from "@aws-sdk/client-elastic-beanstalk";
import type { Operation } from "../wire/operation.ts";
import { checkSettings } from "./check-settings.ts";
import { describeTemplate } from "./describe-application.ts";
import { findApplication, findTemplate } from "./find.ts";
import { effectiveSettings } from "./options/effective.ts";
import { withoutOptions, withSettings } from "./options/settings.ts";

/** UpdateConfigurationTemplate. */
export const updateConfigurationTemplate: Operation<
  UpdateConfigurationTemplateMessage,
  ConfigurationSettingsDescription
> = {
  schema: UpdateConfigurationTemplate$,
  run(region, input) {
    const application = findApplication(region.beanstalk, input.ApplicationName);
    const template = findTemplate(application, input.TemplateName);
    const options = input.OptionSettings ?? [];
    const base = withoutOptions(template.given, input.OptionsToRemove ?? []);
    const given = withSettings(base, options);
    checkSettings(region, options, { base, merged: effectiveSettings(given) });
    template.given = given;
    template.description = input.Description ?? template.description;
    template.updated = new Date();
    return describeTemplate(region, application, template);
  },
};
