import { BOOLEAN, rules, type OptionRule } from "./option-rule.ts";

const restartsApplication = { severity: "RestartApplicationServer" } as const;
const RETENTION = [1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1827, 3653].map(String);

/** Options of the environment itself, its deployments, health reporting, logs and maintenance. */
export const ENVIRONMENT_OPTIONS: readonly OptionRule[] = [
  ...rules("aws:elasticbeanstalk:environment", {
    EnvironmentType: {
      default: "LoadBalanced",
      values: ["LoadBalanced", "SingleInstance"],
      severity: "RestartEnvironment",
    },
    LoadBalancerType: { default: "classic", values: ["classic", "application", "network"] },
    LoadBalancerIsShared: { default: "false", values: BOOLEAN },
    ServiceRole: {},
    ExternalExtensionsS3Bucket: {},
    ExternalExtensionsS3Key: {},
  }),
  ...rules("aws:elasticbeanstalk:application:environment", { "*": { anyName: true } }, restartsApplication),
  ...rules(
    "aws:elasticbeanstalk:application:environmentsecrets",
    { "*": { anyName: true } },
    restartsApplication,
  ),
  ...rules("aws:elasticbeanstalk:application", {
    "Application Healthcheck URL": { pattern: /^(?:(?:HTTP|TCP|SSL|HTTPS):)?\d*(?:\/.*)?$/u },
  }),
  ...rules("aws:elasticbeanstalk:command", {
    DeploymentPolicy: {
      default: "AllAtOnce",
      values: ["AllAtOnce", "Rolling", "RollingWithAdditionalBatch", "Immutable", "TrafficSplitting"],
    },
    BatchSizeType: { default: "Percentage", values: ["Percentage", "Fixed"] },
    BatchSize: { default: "100", min: 1, max: 10_000 },
    Timeout: { default: "600", min: 1, max: 3600 },
    IgnoreHealthCheck: { default: "false", values: BOOLEAN },
  }),
  ...rules("aws:elasticbeanstalk:trafficsplitting", {
    NewVersionPercent: { default: "10", min: 1, max: 100 },
    EvaluationTime: { default: "5", min: 3, max: 600 },
  }),
  ...rules("aws:elasticbeanstalk:control", {
    DefaultSSHPort: { default: "22" },
    LaunchTimeout: { default: "0" },
    LaunchType: { default: "Migration" },
    RollbackLaunchOnFailure: { default: "false", values: BOOLEAN },
  }),
  ...rules("aws:elasticbeanstalk:healthreporting:system", {
    SystemType: { default: "basic", values: ["basic", "enhanced"] },
    ConfigDocument: {},
    EnhancedHealthAuthEnabled: { default: "true", values: BOOLEAN },
    HealthCheckSuccessThreshold: { default: "Ok", values: ["Ok", "Warning", "Degraded", "Severe"] },
  }),
  ...rules("aws:elasticbeanstalk:managedactions", {
    ManagedActionsEnabled: { default: "false", values: BOOLEAN },
    PreferredStartTime: { pattern: /^(?:sun|mon|tue|wed|thu|fri|sat):(?:[01]\d|2[0-3]):[0-5]\d$/iu },
    ServiceRoleForManagedUpdates: {},
  }),
  ...rules("aws:elasticbeanstalk:managedactions:platformupdate", {
    UpdateLevel: { values: ["patch", "minor"] },
    InstanceRefreshEnabled: { default: "false", values: BOOLEAN },
  }),
  ...rules("aws:elasticbeanstalk:monitoring", {
    "Automatically Terminate Unhealthy Instances": { default: "true", values: BOOLEAN },
  }),
  ...rules("aws:elasticbeanstalk:sns:topics", {
    "Notification Endpoint": {},
    "Notification Protocol": {
      default: "email",
      values: ["http", "https", "email", "email-json", "sqs"],
    },
    "Notification Topic ARN": {},
    "Notification Topic Name": {},
  }),
  ...rules("aws:elasticbeanstalk:cloudwatch:logs", {
    StreamLogs: { default: "false", values: BOOLEAN },
    DeleteOnTerminate: { default: "false", values: BOOLEAN },
    RetentionInDays: { default: "7", values: RETENTION },
  }),
  ...rules("aws:elasticbeanstalk:cloudwatch:logs:health", {
    HealthStreamingEnabled: { default: "false", values: BOOLEAN },
    DeleteOnTerminate: { default: "false", values: BOOLEAN },
    RetentionInDays: { default: "7", values: RETENTION },
  }),
  ...rules(
    "aws:elasticbeanstalk:environment:proxy",
    { ProxyServer: { default: "nginx", values: ["nginx", "apache", "none"] } },
    restartsApplication,
  ),
  ...rules(
    "aws:elasticbeanstalk:environment:proxy:staticfiles",
    { "*": { anyName: true } },
    restartsApplication,
  ),
  ...rules("aws:elasticbeanstalk:hostmanager", {
    LogPublicationControl: { default: "false", values: BOOLEAN },
  }),
  ...rules(
    "aws:elasticbeanstalk:xray",
    { XRayEnabled: { default: "false", values: BOOLEAN } },
    restartsApplication,
  ),
  ...rules("aws:cloudformation:template:parameter", { "*": { anyName: true } }),
  ...rules("aws:cloudformation:template:resource:property", { "*": { anyName: true } }),
];
