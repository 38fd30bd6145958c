import { BOOLEAN, rules, type OptionRule } from "./option-rule.ts";

const replaces = { severity: "RestartEnvironment" } as const;

/** Options of instances, their network and their Auto Scaling group. */
export const INSTANCE_OPTIONS: readonly OptionRule[] = [
  ...rules("aws:autoscaling:asg", {
    MinSize: { default: "1", min: 0, max: 10_000 },
    MaxSize: { default: "4", min: 0, max: 10_000 },
    Cooldown: { default: "360", min: 0, max: 10_000 },
    "Availability Zones": { default: "Any", values: ["Any", "Any 1", "Any 2", "Any 3"], ...replaces },
    "Custom Availability Zones": { list: true, ...replaces },
    EnableCapacityRebalancing: { default: "false", values: BOOLEAN },
  }),
  ...rules(
    "aws:autoscaling:launchconfiguration",
    {
      IamInstanceProfile: {},
      DisableIMDSv1: { default: "true", values: BOOLEAN },
      RootVolumeType: { values: ["standard", "gp2", "gp3", "io1"], exactCase: true },
      RootVolumeSize: { min: 8, max: 16_384 },
      RootVolumeIOPS: { min: 100, max: 20_000 },
      RootVolumeThroughput: { min: 125, max: 1000 },
      SecurityGroups: { list: true },
      DisableDefaultEC2SecurityGroup: { default: "false", values: BOOLEAN },
      EC2KeyName: {},
      SSHSourceRestriction: {
        default: "tcp,22,22,0.0.0.0/0",
        pattern: /^.+,\d+,\d+,.+$/u,
        severity: "NoInterruption",
      },
      ImageId: { pattern: /^ami-[a-z0-9]+$/u },
      InstanceType: {},
      MonitoringInterval: { default: "5 minute" },
      BlockDeviceMappings: {},
      LaunchTemplateTagPropagationEnabled: { default: "false", values: BOOLEAN },
    },
    replaces,
  ),
  ...rules(
    "aws:ec2:instances",
    {
      InstanceTypes: { default: "t3.micro,t3.small", list: true },
      SupportedArchitectures: { default: "x86_64", list: true },
      EnableSpot: { default: "false" },
      SpotFleetOnDemandBase: { default: "0", min: 0, max: 10_000 },
      SpotFleetOnDemandAboveBasePercentage: { default: "70", min: 0, max: 100 },
      SpotMaxPrice: {},
      SpotAllocationStrategy: {},
    },
    replaces,
  ),
  ...rules(
    "aws:ec2:vpc",
    {
      VPCId: { pattern: /^(vpc-[a-z0-9]+)?$/u },
      Subnets: { list: true },
      ELBSubnets: { list: true },
      DBSubnets: { list: true },
      ELBScheme: { default: "public", values: ["public", "internal"] },
      AssociatePublicIpAddress: { values: BOOLEAN },
    },
    replaces,
  ),
  ...rules("aws:autoscaling:updatepolicy:rollingupdate", {
    RollingUpdateEnabled: { default: "false", values: BOOLEAN },
    RollingUpdateType: { default: "Time", values: ["Time", "Health", "Immutable"] },
    MaxBatchSize: { min: 1, max: 10_000 },
    MinInstancesInService: { min: 0, max: 9999 },
    PauseTime: { pattern: /^PT(\d+H)?(\d+M)?(\d+S)?$/u },
    Timeout: { default: "PT30M", pattern: /^PT(\d+H)?(\d+M)?(\d+S)?$/u },
  }),
  ...rules("aws:autoscaling:trigger", {
    BreachDuration: { default: "5", min: 1, max: 600 },
    EvaluationPeriods: { default: "1", min: 1, max: 600 },
    LowerBreachScaleIncrement: { default: "-1" },
    LowerThreshold: { default: "2000000" },
    MeasureName: { default: "NetworkOut" },
    Period: { default: "5", min: 1, max: 600 },
    Statistic: { default: "Average", values: ["Minimum", "Maximum", "Sum", "Average"] },
    Unit: { default: "Bytes" },
    UpperBreachScaleIncrement: { default: "1" },
    UpperThreshold: { default: "6000000" },
  }),
  ...rules("aws:autoscaling:scheduledaction", {
    StartTime: {},
    EndTime: {},
    MaxSize: { min: 0, max: 10_000 },
    MinSize: { min: 0, max: 10_000 },
    DesiredCapacity: { min: 0, max: 10_000 },
    Recurrence: {},
    Suspend: { values: BOOLEAN },
  }),
];
