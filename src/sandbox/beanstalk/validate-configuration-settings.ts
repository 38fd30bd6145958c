import {
  ValidateConfigurationSettings$,
  type ConfigurationSettingsValidationMessages,
  type ValidateConfigurationSettingsMessage,
} from "@aws-sdk/client-elastic-beanstalk";
import type { Operation } from "../wire/operation.ts";
import { findings } from "./check-settings.ts";
import { invalidParameterCombination } from "./errors.ts";
import { findApplication, findEnvironment, findTemplate } from "./find.ts";
import { effectiveSettings } from "./options/effective.ts";
import { withSettings } from "./options/settings.ts";

/** ValidateConfigurationSettings: against a template or an environment that exists, as AWS demands. */
export const validateConfigurationSettings: Operation<
  ValidateConfigurationSettingsMessage,
  ConfigurationSettingsValidationMessages
> = {
  schema: ValidateConfigurationSettings$,
  run(region, input) {
    const application = findApplication(region.beanstalk, input.ApplicationName);
    if ((input.TemplateName === undefined) === (input.EnvironmentName === undefined)) {
      throw invalidParameterCombination("Specify either TemplateName or EnvironmentName, and not both.");
    }
    const environment =
      input.EnvironmentName === undefined ? undefined : findEnvironment(region.beanstalk, input);
    const base = environment?.given ?? findTemplate(application, input.TemplateName).given;
    const options = input.OptionSettings ?? [];
    const found = findings(region, options, {
      base,
      present: environment?.settings,
      merged: effectiveSettings(withSettings(base, options)),
    });
    return {
      Messages: found.map(({ namespace, name, message }) => ({
        Message: message,
        Severity: "error",
        Namespace: namespace,
        OptionName: name,
      })),
    };
  },
};
