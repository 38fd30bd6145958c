import {
  CheckDNSAvailabilityCommand,
  ComposeEnvironmentsCommand,
  CreateApplicationCommand,
  CreateApplicationVersionCommand,
  CreateConfigurationTemplateCommand,
  CreateEnvironmentCommand,
  CreateStorageLocationCommand,
  DeleteApplicationCommand,
  DeleteApplicationVersionCommand,
  DeleteConfigurationTemplateCommand,
  DescribeAccountAttributesCommand,
  DescribeApplicationsCommand,
  DescribeApplicationVersionsCommand,
  DescribeConfigurationOptionsCommand,
  DescribeConfigurationSettingsCommand,
  DescribeEnvironmentsCommand,
  DescribeEventsCommand,
  DescribePlatformVersionCommand,
  ListAvailableSolutionStacksCommand,
  ListPlatformBranchesCommand,
  ListPlatformVersionsCommand,
  ListTagsForResourceCommand,
  UpdateApplicationCommand,
  UpdateTagsForResourceCommand,
  ValidateConfigurationSettingsCommand,
  type CreateEnvironmentCommandInput,
} from "@aws-sdk/client-elastic-beanstalk";
import { HeadObjectCommand, PutObjectCommand } from "@aws-sdk/client-s3";
import { afterAll, beforeAll, expect, test } from "vitest";
import { server, zipBundle } from "./bundle.ts";
import { balanced, openTestRegion, options, STACK, until, type TestRegion } from "./region.ts";

const LAUNCH = "aws:autoscaling:launchconfiguration";
let world: TestRegion;

beforeAll(async () => {
  world = await openTestRegion();
  await world.addVersion("v1", { "app.js": server("one") });
});

afterAll(async () => {
  await world.close();
});

const create = (input: Partial<CreateEnvironmentCommandInput>) =>
  world.eb.send(
    new CreateEnvironmentCommand({
      ApplicationName: "demo",
      EnvironmentName: "never-made",
      SolutionStackName: STACK,
      ...input,
    }),
  );

test.each<[string, Partial<CreateEnvironmentCommandInput>, string, string]>([
  [
    "an unknown application",
    { ApplicationName: "nope" },
    "InvalidParameterValue",
    "No Application named 'nope' found.",
  ],
  [
    "an unknown version",
    { VersionLabel: "v9" },
    "InvalidParameterValue",
    "No Application Version named 'v9' found.",
  ],
  [
    "an unknown stack",
    { SolutionStackName: "64bit Debian" },
    "InvalidParameterValue",
    "No Solution Stack named '64bit Debian' found.",
  ],
  [
    "two platforms",
    { PlatformArn: "arn:aws:elasticbeanstalk:us-east-1::platform/x/1" },
    "InvalidParameterCombination",
    "You cannot specify both solution stack and platform",
  ],
  [
    "a name that is too long",
    { EnvironmentName: "x".repeat(41) },
    "ValidationError",
    "Member must have length less than or equal to 40",
  ],
  [
    "a name with an underscore",
    { EnvironmentName: "my_env" },
    "InvalidParameterValue",
    "letters, digits, and the dash",
  ],
  [
    "an unknown option",
    { OptionSettings: options({ [LAUNCH]: { Wrong: "1" } }) },
    "ConfigurationValidationException",
    `Configuration validation exception: Invalid option specification (Namespace: '${LAUNCH}', OptionName: 'Wrong'): Unknown configuration setting.`,
  ],
  [
    "a key pair that is not there",
    { OptionSettings: options({ [LAUNCH]: { EC2KeyName: "mine" } }) },
    "ConfigurationValidationException",
    "The key pair 'mine' does not exist",
  ],
  [
    "a role that is not there",
    { OptionSettings: options({ "aws:elasticbeanstalk:environment": { ServiceRole: "nobody" } }) },
    "ConfigurationValidationException",
    "OptionName: 'ServiceRole'",
  ],
  [
    "a subnet that is not there",
    { OptionSettings: options({ "aws:ec2:vpc": { Subnets: "subnet-0" } }) },
    "ConfigurationValidationException",
    "The subnet 'subnet-0' does not exist",
  ],
])("CreateEnvironment refuses %s", async (_, input, name, message) => {
  await expect(create(input)).rejects.toMatchObject({
    name,
    message: expect.stringContaining(message),
  });
});

test("names are taken once, and free again after the end", async () => {
  await world.launch("taken", "v1", balanced(1));
  await expect(create({ EnvironmentName: "taken" })).rejects.toMatchObject({
    name: "InvalidParameterValue",
    message: "Environment taken already exists.",
  });
  const deleteVersion = new DeleteApplicationVersionCommand({ ApplicationName: "demo", VersionLabel: "v1" });
  await expect(world.eb.send(deleteVersion)).rejects.toThrow(/deployed to a running environment/);
  await expect(world.eb.send(new DeleteApplicationCommand({ ApplicationName: "demo" }))).rejects.toThrow(
    /running environment/,
  );
  const { Environments } = await world.eb.send(
    new DescribeEnvironmentsCommand({ EnvironmentNames: ["taken"] }),
  );
  const [environment] = Environments ?? [];
  const shown = await world.eb.send(
    new DescribeConfigurationSettingsCommand({ ApplicationName: "demo", EnvironmentName: "taken" }),
  );
  const settings = shown.ConfigurationSettings?.[0]?.OptionSettings ?? [];
  const value = (name: string) => settings.find((one) => one.OptionName === name)?.Value;
  expect([
    value("LoadBalancerType"),
    value("MaxSize"),
    value("DeploymentPolicy"),
    value("HealthCheckPath"),
  ]).toEqual(["application", "4", "AllAtOnce", "/healthz"]);
  const { Messages } = await world.eb.send(
    new ValidateConfigurationSettingsCommand({
      ApplicationName: "demo",
      EnvironmentName: "taken",
      OptionSettings: options({ "aws:elasticbeanstalk:environment": { LoadBalancerType: "classic" } }),
    }),
  );
  expect(Messages).toMatchObject([{ Severity: "error", OptionName: "LoadBalancerType" }]);
  const arn = environment?.EnvironmentArn ?? "";
  await world.eb.send(
    new UpdateTagsForResourceCommand({ ResourceArn: arn, TagsToAdd: [{ Key: "team", Value: "search" }] }),
  );
  await world.settled("taken");
  const { ResourceTags } = await world.eb.send(new ListTagsForResourceCommand({ ResourceArn: arn }));
  expect(ResourceTags).toContainEqual({ Key: "team", Value: "search" });
});

test("events come newest first, by page, severity and time", async () => {
  const first = await world.eb.send(new DescribeEventsCommand({ ApplicationName: "demo", MaxRecords: 2 }));
  const second = await world.eb.send(
    new DescribeEventsCommand({ ApplicationName: "demo", MaxRecords: 2, NextToken: first.NextToken }),
  );
  const dates = [...(first.Events ?? []), ...(second.Events ?? [])].map(
    (event) => event.EventDate?.getTime() ?? 0,
  );
  expect(dates).toHaveLength(4);
  expect(dates).toEqual(dates.toSorted((a, b) => b - a));
  const { Events } = await world.eb.send(
    new DescribeEventsCommand({ ApplicationName: "demo", Severity: "ERROR" }),
  );
  expect(Events).toEqual([]);
  const later = await world.eb.send(new DescribeEventsCommand({ StartTime: new Date(Date.now() + 60_000) }));
  expect(later.Events).toEqual([]);
});

test("applications: made, changed, shown, deleted, once each", async () => {
  const make = () =>
    world.eb.send(new CreateApplicationCommand({ ApplicationName: "other", Description: "a" }));
  await make();
  await expect(make()).rejects.toMatchObject({
    name: "InvalidParameterValue",
    message: "Application other already exists.",
  });
  await world.eb.send(new UpdateApplicationCommand({ ApplicationName: "other", Description: "b" }));
  const { Applications } = await world.eb.send(
    new DescribeApplicationsCommand({ ApplicationNames: ["other"] }),
  );
  expect(Applications).toMatchObject([{ ApplicationName: "other", Description: "b" }]);
  await world.eb.send(new DeleteApplicationCommand({ ApplicationName: "other" }));
  await world.eb.send(new DeleteApplicationCommand({ ApplicationName: "other" }));
  const left = await world.eb.send(new DescribeApplicationsCommand({}));
  expect(left.Applications?.map((one) => one.ApplicationName)).toEqual(["demo"]);
});

test("versions are processed or fail, and take their bundle with them", async () => {
  const put = async (Key: string, Body: Buffer) =>
    world.s3.send(new PutObjectCommand({ Bucket: world.bucket, Key, Body }));
  await put("good.zip", await zipBundle({ "app.js": "" }));
  await put("bad.zip", Buffer.from("no zip"));
  const add = (VersionLabel: string, S3Key: string, S3Bucket = world.bucket) =>
    world.eb.send(
      new CreateApplicationVersionCommand({
        ApplicationName: "demo",
        VersionLabel,
        SourceBundle: { S3Bucket, S3Key },
        Process: true,
      }),
    );
  const status = (label: string) =>
    until(`${label} is processed`, async () => {
      const { ApplicationVersions } = await world.eb.send(
        new DescribeApplicationVersionsCommand({ ApplicationName: "demo", VersionLabels: [label] }),
      );
      const now = ApplicationVersions?.[0]?.Status;
      return now === "Processing" ? undefined : now;
    });
  expect((await add("good", "good.zip")).ApplicationVersion?.Status).toBe("Processing");
  await add("bad", "bad.zip");
  expect([await status("good"), await status("bad")]).toEqual(["Processed", "Failed"]);
  await expect(create({ VersionLabel: "bad" })).rejects.toThrow(/unusable state/);
  await expect(add("good", "good.zip")).rejects.toMatchObject({
    name: "InvalidParameterValue",
    message: "Application Version good already exists.",
  });
  await expect(add("none", "none.zip")).rejects.toMatchObject({
    name: "InvalidParameterCombination",
    message: expect.stringMatching(/^Unable to download from S3 location .* Reason: Not Found$/),
  });
  await expect(add("far", "x.zip", "elasticbeanstalk-eu-west-1-000000000000")).rejects.toMatchObject({
    name: "S3LocationNotInServiceRegionException",
  });
  await world.eb.send(
    new DeleteApplicationVersionCommand({
      ApplicationName: "demo",
      VersionLabel: "good",
      DeleteSourceBundle: true,
    }),
  );
  await expect(
    world.s3.send(new HeadObjectCommand({ Bucket: world.bucket, Key: "good.zip" })),
  ).rejects.toMatchObject({ name: "NotFound" });
});

test("a configuration template validates what CreateEnvironment would", async () => {
  const make = (TemplateName: string, MinSize: string) =>
    world.eb.send(
      new CreateConfigurationTemplateCommand({
        ApplicationName: "demo",
        TemplateName,
        SolutionStackName: STACK,
        OptionSettings: options({ "aws:autoscaling:asg": { MinSize } }),
      }),
    );
  await expect(make("t", "6")).rejects.toMatchObject({
    name: "ConfigurationValidationException",
    message: expect.stringContaining("MinSize is greater than MaxSize"),
  });
  expect((await make("t", "2")).OptionSettings).toContainEqual(
    expect.objectContaining({ OptionName: "MinSize", Value: "2" }),
  );
  await world.eb.send(new DeleteConfigurationTemplateCommand({ ApplicationName: "demo", TemplateName: "t" }));
});

test("platforms are listed by branch, status and life cycle", async () => {
  const { PlatformSummaryList = [] } = await world.eb.send(
    new ListPlatformVersionsCommand({
      Filters: [
        {
          Type: "PlatformBranchName",
          Operator: "=",
          Values: ["Node.js 24 running on 64bit Amazon Linux 2023"],
        },
        { Type: "PlatformStatus", Operator: "=", Values: ["Ready"] },
        { Type: "PlatformLifecycleState", Operator: "=", Values: ["Recommended"] },
      ],
    }),
  );
  expect(PlatformSummaryList).toHaveLength(1);
  const PlatformArn = PlatformSummaryList[0]?.PlatformArn;
  expect(PlatformArn).toMatch(
    /^arn:aws:elasticbeanstalk:us-east-1::platform\/Node\.js 24 running on 64bit Amazon Linux 2023\/6\./,
  );
  const { PlatformDescription } = await world.eb.send(new DescribePlatformVersionCommand({ PlatformArn }));
  expect(PlatformDescription?.SolutionStackName).toBe(STACK);
  const branches = await world.eb.send(new ListPlatformBranchesCommand({}));
  expect(branches.PlatformBranchSummaryList).toHaveLength(2);
  const stacks = await world.eb.send(new ListAvailableSolutionStacksCommand({}));
  expect(stacks.SolutionStacks).toContain(STACK);
});

test("what else a client may ask is answered, or refused by its name", async () => {
  const { FullyQualifiedCNAME } = await world.eb.send(
    new CheckDNSAvailabilityCommand({ CNAMEPrefix: "free-one" }),
  );
  expect(FullyQualifiedCNAME).toBe("free-one.us-east-1.elasticbeanstalk.com");
  const again = await world.eb.send(new CreateStorageLocationCommand({}));
  expect(again.S3Bucket).toBe(world.bucket);
  const { Options = [] } = await world.eb.send(
    new DescribeConfigurationOptionsCommand({
      SolutionStackName: STACK,
      Options: [{ Namespace: "aws:autoscaling:asg", OptionName: "MinSize" }],
    }),
  );
  expect(Options).toMatchObject([{ Name: "MinSize", DefaultValue: "1", MinValue: 0, ValueType: "Scalar" }]);
  const { ResourceQuotas } = await world.eb.send(new DescribeAccountAttributesCommand({}));
  expect(ResourceQuotas?.EnvironmentQuota?.Maximum).toBe(200);
  await expect(world.eb.send(new ComposeEnvironmentsCommand({}))).rejects.toMatchObject({
    name: "UnsupportedOperation",
    message: expect.stringContaining("ComposeEnvironments"),
  });
});
