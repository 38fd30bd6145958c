import {
  DescribeConfigurationSettings$,
  type ConfigurationSettingsDescription,
  type ConfigurationSettingsDescriptions,
  type DescribeConfigurationSettingsMessage,
} from "@aws-sdk/client-elastic-beanstalk";
import type { Region } from "../region.ts";
import type { Operation } from "../wire/operation.ts";
import type { Application } from "./application.ts";
import { describeTemplate } from "./describe-application.ts";
import type { Environment } from "./environment.ts";
import { invalidParameterCombination, invalidParameterValue } from "./errors.ts";
import { findApplication, findEnvironment, findTemplate } from "./find.ts";
import { toOptionSettings, type OptionSetting } from "./options/settings.ts";
import { platformArn, solutionStackName } from "./platforms.ts";

/** Settings that nobody set and that a real environment shows as well. */
function shownBesides(region: Region, environment: Environment): OptionSetting[] {
  const properties = environment.settings.get("aws:elasticbeanstalk:application:environment") ?? new Map();
  return [
    {
      Namespace: "aws:cloudformation:template:parameter",
      OptionName: "AppSource",
      Value: `http://s3.${region.name}.amazonaws.com/${environment.versionLabel ?? "sample"}`,
    },
    {
      Namespace: "aws:cloudformation:template:parameter",
      OptionName: "EnvironmentVariables",
      Value: [...properties].map(([name, value]) => `${name}=${value}`).join(","),
    },
    {
      Namespace: "aws:cloudformation:template:parameter",
      OptionName: "InstancePort",
      Value: "80",
    },
  ];
}

function describe(region: Region, environment: Environment): ConfigurationSettingsDescription {
  return {
    SolutionStackName: solutionStackName(environment.platform),
    PlatformArn: platformArn(environment.platform, region.name),
    ApplicationName: environment.applicationName,
    Description: environment.description,
    EnvironmentName: environment.name,
    DeploymentStatus: environment.status === "Updating" ? "pending" : "deployed",
    DateCreated: environment.created,
    DateUpdated: environment.updated,
    OptionSettings: [...shownBesides(region, environment), ...toOptionSettings(environment.settings)],
  };
}

function environmentOf(region: Region, application: Application, name: string): Environment {
  const environment = findEnvironment(region.beanstalk, { EnvironmentName: name });
  if (environment.applicationName !== application.name) {
    throw invalidParameterValue(`No Environment found for EnvironmentName = '${name}'.`);
  }
  return environment;
}

/** DescribeConfigurationSettings: effective settings, the ones that nobody set included. */
export const describeConfigurationSettings: Operation<
  DescribeConfigurationSettingsMessage,
  ConfigurationSettingsDescriptions
> = {
  schema: DescribeConfigurationSettings$,
  run(region, input) {
    const application = findApplication(region.beanstalk, input.ApplicationName);
    if ((input.TemplateName === undefined) === (input.EnvironmentName === undefined)) {
      throw invalidParameterCombination("Specify either TemplateName or EnvironmentName, and not both.");
    }
    return {
      ConfigurationSettings: [
        input.EnvironmentName === undefined
          ? describeTemplate(region, application, findTemplate(application, input.TemplateName))
          : describe(region, environmentOf(region, application, input.EnvironmentName)),
      ],
    };
  },
};
