import { expect, test } from "vitest";
import { effectiveSettings, frontOf } from "../../../src/sandbox/beanstalk/options/effective.ts";
import { NO_SETTINGS, settingOf, withSettings } from "../../../src/sandbox/beanstalk/options/settings.ts";
import { validateSettings } from "../../../src/sandbox/beanstalk/options/validate.ts";
import { options } from "./region.ts";

const ASG = "aws:autoscaling:asg";
const LAUNCH = "aws:autoscaling:launchconfiguration";
const COMMAND = "aws:elasticbeanstalk:command";
const ENVIRONMENT = "aws:elasticbeanstalk:environment";

function complaints(settings: Parameters<typeof options>[0]): string[] {
  return validateSettings(options(settings)).map((finding) => finding.message);
}

test.each([
  [
    { "aws:elasticbeanstalk:nonsense": { A: "1" } },
    "Invalid option specification (Namespace: 'aws:elasticbeanstalk:nonsense', OptionName: 'A'): Unknown configuration setting.",
  ],
  [
    { [LAUNCH]: { RootVolumeThrough: "1" } },
    "Invalid option specification (Namespace: 'aws:autoscaling:launchconfiguration', OptionName: 'RootVolumeThrough'): Unknown configuration setting.",
  ],
  [
    { [LAUNCH]: { DisableIMDSv1: "maybe" } },
    "Invalid option value: 'maybe' (Namespace: 'aws:autoscaling:launchconfiguration', OptionName: 'DisableIMDSv1'): Value is not one of the allowed values: [true, false]",
  ],
  [
    { [LAUNCH]: { RootVolumeSize: "4" } },
    "Invalid option value: '4' (Namespace: 'aws:autoscaling:launchconfiguration', OptionName: 'RootVolumeSize'): Value is less than minimum allowed value: 8",
  ],
  [
    { [ASG]: { MinSize: "6" } },
    "Invalid option value: '6' (Namespace: 'aws:autoscaling:asg', OptionName: 'MinSize'): MinSize is greater than MaxSize",
  ],
  [
    { "aws:ec2:vpc": { VPCId: "vpc-1" } },
    "Invalid option value: 'null' (Namespace: 'aws:ec2:vpc', OptionName: 'Subnets'): Specify the subnets for the VPC.",
  ],
  [
    { [COMMAND]: { DeploymentPolicy: "TrafficSplitting" } },
    "Invalid option value: 'TrafficSplitting' (Namespace: 'aws:elasticbeanstalk:command', OptionName: 'DeploymentPolicy'): Traffic Splitting deployments are compatible only with Application Load Balancers",
  ],
])("%j is refused in Beanstalk's words", (settings, message) => {
  expect(complaints(settings)).toEqual([message]);
});

test.each([
  ["a wrong day", { "aws:elasticbeanstalk:managedactions": { PreferredStartTime: "Tue:9:00" } }, /regex/],
  [
    "managed actions without a time",
    { "aws:elasticbeanstalk:managedactions": { ManagedActionsEnabled: "true" } },
    /start time/,
  ],
  [
    "streamed health without enhanced health",
    { "aws:elasticbeanstalk:cloudwatch:logs:health": { HealthStreamingEnabled: "true" } },
    /require enhanced SystemType/,
  ],
  ["no security group at all", { [LAUNCH]: { DisableDefaultEC2SecurityGroup: "true" } }, /security group/],
  [
    "an HTTPS listener without a certificate",
    { "aws:elbv2:listener:443": { Protocol: "HTTPS" } },
    /SSL certificate/,
  ],
  ["a type in another case", { [LAUNCH]: { RootVolumeType: "GP3" } }, /allowed values/],
  ["a batch beyond all", { [COMMAND]: { BatchSize: "150" } }, /maximum allowed value: 100/],
])("%s is refused", (_, settings, message) => {
  expect(complaints(settings)).toEqual([expect.stringMatching(message)]);
});

test("values of switches and lists know no case, and what AWS does not check passes", () => {
  const settings = {
    [ENVIRONMENT]: { EnvironmentType: "singleinstance" },
    "aws:ec2:instances": { EnableSpot: "perhaps" },
    [LAUNCH]: {
      MonitoringInterval: "7 minutes",
      DisableIMDSv1: "TRUE",
      SSHSourceRestriction: "tcp,22,22,203.0.113.7/32",
    },
    "aws:elasticbeanstalk:application:environment": { ANYTHING: "goes" },
    "aws:elasticbeanstalk:environment:process:admin": { HealthCheckPath: "/admin" },
  };
  expect(complaints(settings)).toEqual([]);
});

test("defaults depend on what stands in front of the instances", () => {
  const single = effectiveSettings(
    withSettings(NO_SETTINGS, options({ [ENVIRONMENT]: { EnvironmentType: "SingleInstance" } })),
  );
  expect(frontOf(single)).toBe("single");
  expect(settingOf(single, ASG, "MaxSize")).toBe("1");
  const balanced = effectiveSettings(
    withSettings(NO_SETTINGS, options({ [ENVIRONMENT]: { LoadBalancerType: "application" } })),
  );
  expect(settingOf(balanced, "aws:elasticbeanstalk:environment:process:default", "HealthCheckInterval")).toBe(
    "15",
  );
  expect(settingOf(balanced, ASG, "MaxSize")).toBe("4");
  expect(frontOf(effectiveSettings(NO_SETTINGS))).toBe("classic");
});
