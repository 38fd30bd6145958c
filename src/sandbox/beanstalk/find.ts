import type { Application, ApplicationVersion, ConfigurationTemplate } from "./application.ts";
import type { Environment } from "./environment.ts";
import { invalidParameterValue, missingParameter } from "./errors.ts";
import type { BeanstalkState } from "./state.ts";

/** How requests name an environment: by id, by name, or both. */
export interface EnvironmentSelector {
  readonly EnvironmentId?: string | undefined;
  readonly EnvironmentName?: string | undefined;
}

/** The application of this name. Throws InvalidParameterValue. */
export function findApplication(state: BeanstalkState, name: string | undefined): Application {
  const application = state.applications.get(name ?? "");
  if (application === undefined) {
    throw invalidParameterValue(`No Application named '${name}' found.`);
  }
  return application;
}

/** The version of this label. Throws InvalidParameterValue. */
export function findVersion(application: Application, label: string | undefined): ApplicationVersion {
  const version = application.versions.get(label ?? "");
  if (version === undefined) {
    throw invalidParameterValue(`No Application Version named '${label}' found.`);
  }
  return version;
}

/** The configuration template of this name. Throws InvalidParameterValue. */
export function findTemplate(application: Application, name: string | undefined): ConfigurationTemplate {
  const template = application.templates.get(name ?? "");
  if (template === undefined) {
    throw invalidParameterValue(`No Configuration Template named '${name}' found.`);
  }
  return template;
}

/** Environments that are not terminated. */
export function liveEnvironments(state: BeanstalkState): Environment[] {
  return [...state.environments.values()].filter((environment) => environment.status !== "Terminated");
}

/** The living environment that a request names. Throws InvalidParameterValue or MissingParameter. */
export function findEnvironment(state: BeanstalkState, selector: EnvironmentSelector): Environment {
  const { EnvironmentId: id, EnvironmentName: name } = selector;
  if (id === undefined && name === undefined) {
    throw missingParameter("Either EnvironmentId or EnvironmentName must be specified.");
  }
  const environment = liveEnvironments(state).find(
    (candidate) =>
      (id === undefined || candidate.id === id) && (name === undefined || candidate.name === name),
  );
  if (environment === undefined) {
    throw invalidParameterValue(
      id === undefined
        ? `No Environment found for EnvironmentName = '${name}'.`
        : `No Environment found for EnvironmentId = '${id}'.`,
    );
  }
  return environment;
}

/** The environment that a request names, if it can take an operation now. Throws InvalidParameterValue. */
export function findReadyEnvironment(state: BeanstalkState, selector: EnvironmentSelector): Environment {
  const environment = findEnvironment(state, selector);
  if (environment.status !== "Ready") {
    throw invalidParameterValue(
      `Environment named ${environment.name} is in an invalid state for this operation. Must be Ready.`,
    );
  }
  return environment;
}
