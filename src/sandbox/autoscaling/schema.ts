import { BOOLEAN, listOf, NUMBER, operation, STRING, structure, TIMESTAMP } from "../wire/schema.ts";

const STRINGS = listOf(STRING);
const FILTERS = listOf(structure("Filter", { Name: STRING, Values: STRINGS }));
const LAUNCH_TEMPLATE = structure("LaunchTemplateSpecification", {
  LaunchTemplateId: STRING,
  LaunchTemplateName: STRING,
  Version: STRING,
});
const INSTANCE = {
  InstanceId: STRING,
  InstanceType: STRING,
  AvailabilityZone: STRING,
  AvailabilityZoneId: STRING,
  LifecycleState: STRING,
  HealthStatus: STRING,
  LaunchTemplate: LAUNCH_TEMPLATE,
  ProtectedFromScaleIn: BOOLEAN,
};
const TAG = structure("TagDescription", {
  ResourceId: STRING,
  ResourceType: STRING,
  Key: STRING,
  Value: STRING,
  PropagateAtLaunch: BOOLEAN,
});
const GROUP = structure("AutoScalingGroup", {
  AutoScalingGroupName: STRING,
  AutoScalingGroupARN: STRING,
  LaunchTemplate: LAUNCH_TEMPLATE,
  MinSize: NUMBER,
  MaxSize: NUMBER,
  DesiredCapacity: NUMBER,
  DefaultCooldown: NUMBER,
  AvailabilityZones: STRINGS,
  LoadBalancerNames: STRINGS,
  TargetGroupARNs: STRINGS,
  HealthCheckType: STRING,
  HealthCheckGracePeriod: NUMBER,
  Instances: listOf(structure("Instance", INSTANCE)),
  CreatedTime: TIMESTAMP,
  SuspendedProcesses: listOf(
    structure("SuspendedProcess", { ProcessName: STRING, SuspensionReason: STRING }),
  ),
  VPCZoneIdentifier: STRING,
  EnabledMetrics: listOf(structure("EnabledMetric", { Metric: STRING, Granularity: STRING })),
  Tags: listOf(TAG),
  TerminationPolicies: STRINGS,
  NewInstancesProtectedFromScaleIn: BOOLEAN,
});
const ACTIVITY = structure("Activity", {
  ActivityId: STRING,
  AutoScalingGroupName: STRING,
  Description: STRING,
  Cause: STRING,
  StartTime: TIMESTAMP,
  EndTime: TIMESTAMP,
  StatusCode: STRING,
  StatusMessage: STRING,
  Progress: NUMBER,
});

/** DescribeAutoScalingGroups. */
export const DESCRIBE_AUTO_SCALING_GROUPS = operation(
  "DescribeAutoScalingGroups",
  structure("Request", {
    AutoScalingGroupNames: STRINGS,
    IncludeInstances: BOOLEAN,
    NextToken: STRING,
    MaxRecords: NUMBER,
    Filters: FILTERS,
  }),
  structure("Result", { AutoScalingGroups: listOf(GROUP), NextToken: STRING }),
);

/** DescribeAutoScalingInstances. */
export const DESCRIBE_AUTO_SCALING_INSTANCES = operation(
  "DescribeAutoScalingInstances",
  structure("Request", { InstanceIds: STRINGS, MaxRecords: NUMBER, NextToken: STRING }),
  structure("Result", {
    AutoScalingInstances: listOf(
      structure("AutoScalingInstanceDetails", { ...INSTANCE, AutoScalingGroupName: STRING }),
    ),
    NextToken: STRING,
  }),
);

/** DescribeScalingActivities. */
export const DESCRIBE_SCALING_ACTIVITIES = operation(
  "DescribeScalingActivities",
  structure("Request", {
    ActivityIds: STRINGS,
    AutoScalingGroupName: STRING,
    IncludeDeletedGroups: BOOLEAN,
    MaxRecords: NUMBER,
    NextToken: STRING,
    Filters: FILTERS,
  }),
  structure("Result", { Activities: listOf(ACTIVITY), NextToken: STRING }),
);
