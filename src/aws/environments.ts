import {
  CreateEnvironmentCommand,
  DescribeConfigurationSettingsCommand,
  DescribeEnvironmentHealthCommand,
  DescribeEnvironmentsCommand,
  DescribeInstancesHealthCommand,
  type ElasticBeanstalkClient,
  type EnvironmentDescription,
  TerminateEnvironmentCommand,
  UpdateEnvironmentCommand,
} from "@aws-sdk/client-elastic-beanstalk";
import { tagsOf, toTags } from "./applications.ts";
import { errorMessage } from "./errors.ts";

export interface Environment {
  readonly id: string;
  readonly name: string;
  readonly application: string;
  readonly arn: string;
  /** Launching, Updating, Ready, Terminating, Terminated, Aborting, LinkingFrom or LinkingTo. */
  readonly status: string;
  /** Green, Yellow, Red or Grey. */
  readonly health: string;
  /** Enhanced health: Ok, Info, Warning, Degraded, Severe, Pending, NoData, Unknown or Suspended. */
  readonly healthStatus: string | undefined;
  readonly url: string | undefined;
  readonly versionLabel: string | undefined;
  readonly platformArn: string | undefined;
  /** The platform's branch and version as one name: `64bit Amazon Linux 2023 v6.11.7 running Node.js 24`. */
  readonly stackName: string | undefined;
  readonly updatedAt: Date | undefined;
}

/** One option setting; all values are texts. */
export interface Setting {
  readonly namespace: string;
  readonly option: string;
  readonly value: string;
}

/** What enhanced health says. */
export interface EnvironmentHealth {
  readonly status: string;
  readonly color: string;
  readonly causes: readonly string[];
}

export interface InstanceHealth {
  readonly instanceId: string;
  readonly color: string;
  readonly status: string;
  readonly causes: readonly string[];
  readonly versionLabel: string | undefined;
  /** In Progress, Deployed or Failed. */
  readonly deployment: string | undefined;
}

type Tags = Readonly<Record<string, string>>;

export interface Environments {
  /** The environment of that name which is not terminated. */
  find(name: string): Promise<Environment | undefined>;
  /** By id, also when it is terminated. */
  byId(id: string): Promise<Environment | undefined>;
  ofApplication(application: string): Promise<readonly Environment[]>;
  tags(arn: string): Promise<Tags>;
  settings(application: string, name: string): Promise<readonly Setting[]>;
  create(environment: {
    application: string;
    name: string;
    description: string;
    platformArn: string;
    versionLabel: string;
    settings: readonly Setting[];
    tags: Tags;
  }): Promise<Started>;
  update(change: {
    name: string;
    versionLabel?: string | undefined;
    platformArn?: string | undefined;
    settings?: readonly Setting[] | undefined;
    remove?: readonly { namespace: string; option: string }[] | undefined;
  }): Promise<Started>;
  terminate(name: string): Promise<Started>;
  /** Undefined where the environment has no enhanced health yet. */
  health(name: string): Promise<EnvironmentHealth | undefined>;
  instancesHealth(name: string): Promise<readonly InstanceHealth[]>;
}

/** An operation that goes on in AWS; its events carry the request id. */
export interface Started {
  readonly environmentId: string;
  readonly requestId: string | undefined;
}

/** Opens the environments of Elastic Beanstalk. */
export function openEnvironments(beanstalk: ElasticBeanstalkClient): Environments {
  return {
    async find(name) {
      const answer = await beanstalk.send(
        new DescribeEnvironmentsCommand({ EnvironmentNames: [name], IncludeDeleted: false }),
      );
      const found = answer.Environments?.find(({ Status }) => Status !== "Terminated");
      return found === undefined ? undefined : fromBeanstalk(found);
    },
    async byId(id) {
      const answer = await beanstalk.send(
        new DescribeEnvironmentsCommand({ EnvironmentIds: [id], IncludeDeleted: true }),
      );
      const found = answer.Environments?.[0];
      return found === undefined ? undefined : fromBeanstalk(found);
    },
    async ofApplication(application) {
      const answer = await beanstalk.send(
        new DescribeEnvironmentsCommand({ ApplicationName: application, IncludeDeleted: false }),
      );
      return (answer.Environments ?? [])
        .filter(({ Status }) => Status !== "Terminated")
        .map((environment) => fromBeanstalk(environment));
    },
    tags: (arn) => tagsOf(beanstalk, arn),
    async settings(application, name) {
      const answer = await beanstalk.send(
        new DescribeConfigurationSettingsCommand({ ApplicationName: application, EnvironmentName: name }),
      );
      return (answer.ConfigurationSettings?.[0]?.OptionSettings ?? []).map((setting) => ({
        namespace: setting.Namespace ?? "",
        option: setting.OptionName ?? "",
        value: setting.Value ?? "",
      }));
    },
    async create({ application, name, description, platformArn, versionLabel, settings, tags }) {
      const answer = await beanstalk.send(
        new CreateEnvironmentCommand({
          ApplicationName: application,
          EnvironmentName: name,
          Description: description,
          PlatformArn: platformArn,
          VersionLabel: versionLabel,
          OptionSettings: toSettings(settings),
          Tags: toTags(tags),
        }),
      );
      return { environmentId: answer.EnvironmentId ?? "", requestId: answer.$metadata.requestId };
    },
    async update({ name, versionLabel, platformArn, settings = [], remove = [] }) {
      const answer = await beanstalk.send(
        new UpdateEnvironmentCommand({
          EnvironmentName: name,
          ...(versionLabel === undefined ? {} : { VersionLabel: versionLabel }),
          ...(platformArn === undefined ? {} : { PlatformArn: platformArn }),
          ...(settings.length === 0 ? {} : { OptionSettings: toSettings(settings) }),
          ...(remove.length === 0
            ? {}
            : {
                OptionsToRemove: remove.map(({ namespace, option }) => ({
                  Namespace: namespace,
                  OptionName: option,
                })),
              }),
        }),
      );
      return { environmentId: answer.EnvironmentId ?? "", requestId: answer.$metadata.requestId };
    },
    async terminate(name) {
      const answer = await beanstalk.send(
        new TerminateEnvironmentCommand({ EnvironmentName: name, TerminateResources: true }),
      );
      return { environmentId: answer.EnvironmentId ?? "", requestId: answer.$metadata.requestId };
    },
    async health(name) {
      try {
        const answer = await beanstalk.send(
          new DescribeEnvironmentHealthCommand({ EnvironmentName: name, AttributeNames: ["All"] }),
        );
        return {
          status: answer.HealthStatus ?? "Unknown",
          color: answer.Color ?? "Grey",
          causes: answer.Causes ?? [],
        };
      } catch (error) {
        if (isNotEnhanced(error)) return undefined;
        throw error;
      }
    },
    async instancesHealth(name) {
      try {
        const answer = await beanstalk.send(
          new DescribeInstancesHealthCommand({ EnvironmentName: name, AttributeNames: ["All"] }),
        );
        return (answer.InstanceHealthList ?? []).map((instance) => ({
          instanceId: instance.InstanceId ?? "",
          color: instance.Color ?? "Grey",
          status: instance.HealthStatus ?? "Unknown",
          causes: instance.Causes ?? [],
          versionLabel: instance.Deployment?.VersionLabel,
          deployment: instance.Deployment?.Status,
        }));
      } catch (error) {
        if (isNotEnhanced(error)) return [];
        throw error;
      }
    },
  };
}

/** Basic health, and an environment that is only just being made, have no enhanced health. */
function isNotEnhanced(error: unknown): boolean {
  return /enhanced|must be ready|not support|not available|cannot be retrieved/iu.test(errorMessage(error));
}

function toSettings(
  settings: readonly Setting[],
): { Namespace: string; OptionName: string; Value: string }[] {
  return settings.map(({ namespace, option, value }) => ({
    Namespace: namespace,
    OptionName: option,
    Value: value,
  }));
}

function fromBeanstalk(environment: EnvironmentDescription): Environment {
  const host = environment.CNAME ?? environment.EndpointURL;
  return {
    id: environment.EnvironmentId ?? "",
    name: environment.EnvironmentName ?? "",
    application: environment.ApplicationName ?? "",
    arn: environment.EnvironmentArn ?? "",
    status: environment.Status ?? "Unknown",
    health: environment.Health ?? "Grey",
    healthStatus: environment.HealthStatus,
    url: host === undefined || host === "" ? undefined : `http://${host}`,
    versionLabel: environment.VersionLabel,
    platformArn: environment.PlatformArn,
    stackName: environment.SolutionStackName,
    updatedAt: environment.DateUpdated,
  };
}
