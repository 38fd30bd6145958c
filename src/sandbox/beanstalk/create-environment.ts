import {
  CreateEnvironment$,
  type CreateEnvironmentMessage,
  type EnvironmentDescription,
} from "@aws-sdk/client-elastic-beanstalk";
import type { Region } from "../region.ts";
import type { Operation } from "../wire/operation.ts";
import type { Application, ConfigurationTemplate } from "./application.ts";
import { checkSettings } from "./check-settings.ts";
import { choosePlatform } from "./choose-platform.ts";
import { checkPrefix } from "./cname-prefix.ts";
import { describeEnvironment } from "./describe-environment.ts";
import { beginLaunch } from "./engine/launch-environment.ts";
import {
  invalidParameterCombination,
  invalidParameterValue,
  missingParameter,
  unsupported,
} from "./errors.ts";
import { findApplication, findTemplate, findVersion, liveEnvironments } from "./find.ts";
import { newEnvironment } from "./new-environment.ts";
import { effectiveSettings } from "./options/effective.ts";
import { NO_SETTINGS, withoutOptions, withSettings } from "./options/settings.ts";
import type { PlatformVersion } from "./platforms.ts";
import { EnvironmentProxy } from "./proxy/environment-proxy.ts";
import { randomName } from "./random-name.ts";
import { tagsOf } from "./tags.ts";

function chooseName(region: Region, input: CreateEnvironmentMessage): string {
  const name = input.EnvironmentName ?? `${(input.ApplicationName ?? "").slice(0, 20)}-env-${randomName(4)}`;
  if (!/^[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?$/u.test(name)) {
    throw invalidParameterValue(
      `Value ${name} at 'EnvironmentName' failed to satisfy constraint: Member must contain only letters, digits, and the dash character and may not start or end with a dash`,
    );
  }
  if (liveEnvironments(region.beanstalk).some((environment) => environment.name === name)) {
    throw invalidParameterValue(`Environment ${name} already exists.`);
  }
  return name;
}

function platformFor(
  region: Region,
  input: CreateEnvironmentMessage,
  template: ConfigurationTemplate | undefined,
): PlatformVersion {
  const named = choosePlatform(input, region.name);
  if (named !== undefined && template !== undefined) {
    throw invalidParameterCombination(
      "You cannot specify a platform or solution stack together with a template.",
    );
  }
  const platform = named ?? template?.platform;
  if (platform === undefined) {
    throw missingParameter("You must specify a PlatformArn, a SolutionStackName or a TemplateName.");
  }
  return platform;
}

function checkVersion(application: Application, label: string | undefined): void {
  if (label === undefined) {
    return;
  }
  const { status } = findVersion(application, label);
  if (status === "Processing" || status === "Failed") {
    throw invalidParameterValue(`Application Version ${label} is in an unusable state: ${status}.`);
  }
}

function checkTier(input: CreateEnvironmentMessage): void {
  if (input.Tier?.Name !== undefined && input.Tier.Name !== "WebServer") {
    throw unsupported("worker environments", "it has web server environments only");
  }
  if (input.GroupName !== undefined) {
    throw unsupported("environment groups", "they belong to ComposeEnvironments");
  }
}

/** CreateEnvironment: answers `Launching`; what comes of it is in the events of this request. */
export const createEnvironment: Operation<CreateEnvironmentMessage, EnvironmentDescription> = {
  schema: CreateEnvironment$,
  async run(region, input, { requestId }) {
    const state = region.beanstalk;
    const application = findApplication(state, input.ApplicationName);
    checkTier(input);
    const name = chooseName(region, input);
    const template =
      input.TemplateName === undefined ? undefined : findTemplate(application, input.TemplateName);
    const platform = platformFor(region, input, template);
    checkVersion(application, input.VersionLabel);
    if (input.CNAMEPrefix !== undefined) {
      checkPrefix(state, input.CNAMEPrefix);
    }
    const tags = tagsOf(input.Tags);
    const options = input.OptionSettings ?? [];
    const base = withoutOptions(template?.given ?? NO_SETTINGS, input.OptionsToRemove ?? []);
    const given = withSettings(base, options);
    const settings = effectiveSettings(given);
    checkSettings(region, options, { base, merged: settings });
    const proxy = await EnvironmentProxy.open();
    const environment = newEnvironment(region, {
      name,
      applicationName: application.name,
      description: input.Description,
      cnamePrefix: input.CNAMEPrefix,
      versionLabel: input.VersionLabel,
      templateName: input.TemplateName,
      platform,
      operationsRole: input.OperationsRole,
      given,
      settings,
      tags,
      proxy,
    });
    state.environments.set(environment.id, environment);
    beginLaunch(region, environment, requestId);
    return describeEnvironment(region, environment);
  },
};
