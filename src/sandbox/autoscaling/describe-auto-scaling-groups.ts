import type { Environment } from "../beanstalk/environment.ts";
import { subnetsOf } from "../beanstalk/engine/network-of.ts";
import { numberOf } from "../beanstalk/options/settings.ts";
import type { Region } from "../region.ts";
import { type Operation, ServiceError } from "../wire/operation.ts";
import { describeMember, groups, launchTemplate, page } from "./groups.ts";
import { DESCRIBE_AUTO_SCALING_GROUPS } from "./schema.ts";

interface Request {
  AutoScalingGroupNames?: string[];
  IncludeInstances?: boolean;
  NextToken?: string;
  MaxRecords?: number;
  Filters?: { Name?: string; Values?: string[] }[];
}

/** DescribeAutoScalingGroups: the groups of Beanstalk's environments. */
export const describeAutoScalingGroups: Operation<Request, object> = {
  schema: DESCRIBE_AUTO_SCALING_GROUPS,
  run(region, input) {
    const names = input.AutoScalingGroupNames ?? [];
    const found = groups(region).filter(
      ({ name, environment }) =>
        (names.length === 0 || names.includes(name)) && matches(environment, input.Filters ?? []),
    );
    const { items, next } = page(found, input);
    return {
      AutoScalingGroups: items.map(({ name, environment }) =>
        describeGroup(region, name, environment, input.IncludeInstances ?? true),
      ),
      ...next,
    };
  },
};

function matches(
  environment: Environment,
  filters: readonly { Name?: string; Values?: string[] }[],
): boolean {
  const tags = tagsOf(environment);
  return filters.every(({ Name: name = "", Values: values = [] }) => {
    if (name === "tag-key") return values.some((value) => tags.has(value));
    if (name === "tag-value") return values.some((value) => [...tags.values()].includes(value));
    if (name.startsWith("tag:")) return values.includes(tags.get(name.slice("tag:".length)) ?? "");
    throw new ServiceError("ValidationError", `Filter type ${name} is not correct.`);
  });
}

function describeGroup(
  region: Region,
  name: string,
  environment: Environment,
  withInstances: boolean,
): object {
  const { settings, resources } = environment;
  const subnets = subnetsOf(region, settings);
  const size = (option: string): number => numberOf(settings, "aws:autoscaling:asg", option, 1);
  return {
    AutoScalingGroupName: name,
    AutoScalingGroupARN: `arn:aws:autoscaling:${region.name}:${region.accountId}:autoScalingGroup:${environment.id}:autoScalingGroupName/${name}`,
    LaunchTemplate: launchTemplate(environment),
    MinSize: size("MinSize"),
    MaxSize: size("MaxSize"),
    DesiredCapacity: environment.desired,
    DefaultCooldown: numberOf(settings, "aws:autoscaling:asg", "Cooldown", 360),
    AvailabilityZones: subnets.map((subnet) => subnet.availabilityZone),
    LoadBalancerNames: resources?.classicLoadBalancer === undefined ? [] : [resources.classicLoadBalancer],
    TargetGroupARNs: resources?.targetGroup === undefined ? [] : [resources.targetGroup.arn],
    HealthCheckType: "EC2",
    HealthCheckGracePeriod: 0,
    Instances: withInstances
      ? [...environment.members.values()].map((member) => describeMember(region, environment, member))
      : [],
    CreatedTime: environment.created,
    SuspendedProcesses: [],
    VPCZoneIdentifier: subnets.map((subnet) => subnet.subnetId).join(","),
    EnabledMetrics: [],
    Tags: [...tagsOf(environment)].map(([Key, Value]) => ({
      ResourceId: name,
      ResourceType: "auto-scaling-group",
      Key,
      Value,
      PropagateAtLaunch: true,
    })),
    TerminationPolicies: ["Default"],
    NewInstancesProtectedFromScaleIn: false,
  };
}

function tagsOf(environment: Environment): Map<string, string> {
  return new Map([
    ["Name", environment.name],
    ["elasticbeanstalk:environment-id", environment.id],
    ["elasticbeanstalk:environment-name", environment.name],
    ...environment.tags,
  ]);
}
