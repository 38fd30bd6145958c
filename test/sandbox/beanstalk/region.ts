import {
  CreateApplicationCommand,
  CreateApplicationVersionCommand,
  CreateEnvironmentCommand,
  CreateStorageLocationCommand,
  DescribeEnvironmentsCommand,
  DescribeEventsCommand,
  ElasticBeanstalkClient,
  type ConfigurationOptionSetting,
  type EnvironmentDescription,
} from "@aws-sdk/client-elastic-beanstalk";
import { EC2Client } from "@aws-sdk/client-ec2";
import { CreateInstanceProfileCommand, CreateRoleCommand, IAMClient } from "@aws-sdk/client-iam";
import { PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { openRegion, type OpenRegionOptions } from "../../../src/sandbox/open-region.ts";
import type { Region } from "../../../src/sandbox/region.ts";
import { FAST_TIMINGS } from "../../../src/sandbox/timings.ts";
import { zipBundle, type BundleFile } from "./bundle.ts";

export const STACK = "64bit Amazon Linux 2023 v6.11.7 running Node.js 24";
const APPLICATION = "demo";

/** Option settings from `namespace` and `name=value` words. */
export function options(
  settings: Readonly<Record<string, Readonly<Record<string, string>>>>,
): ConfigurationOptionSetting[] {
  return Object.entries(settings).flatMap(([Namespace, values]) =>
    Object.entries(values).map(([OptionName, Value]) => ({ Namespace, OptionName, Value })),
  );
}

/** Settings of an environment with an Application Load Balancer that is checked at /healthz. */
export function balanced(
  min: number,
  more: Parameters<typeof options>[0] = {},
): ConfigurationOptionSetting[] {
  return options({
    "aws:elasticbeanstalk:environment": { LoadBalancerType: "application", ServiceRole: "eb-service" },
    "aws:elasticbeanstalk:healthreporting:system": { SystemType: "enhanced" },
    "aws:autoscaling:launchconfiguration": { IamInstanceProfile: "eb-ec2" },
    "aws:autoscaling:asg": { MinSize: String(min), MaxSize: "4" },
    "aws:elasticbeanstalk:environment:process:default": {
      HealthCheckPath: "/healthz",
      UnhealthyThresholdCount: "2",
      HealthyThresholdCount: "2",
    },
    ...more,
  });
}

/** A region with its clients, an application, a bucket, a role and an instance profile. */
export interface TestRegion {
  readonly region: Region;
  readonly eb: ElasticBeanstalkClient;
  readonly ec2: EC2Client;
  readonly s3: S3Client;
  readonly bucket: string;
  addVersion(label: string, files: Readonly<Record<string, BundleFile>>): Promise<void>;
  /** Creates an environment and waits until the operation is over; answers it and the request's id. */
  launch(
    name: string,
    version: string,
    settings: ConfigurationOptionSetting[],
  ): Promise<{ environment: EnvironmentDescription; requestId: string }>;
  /** Waits until an environment is Ready or Terminated. */
  settled(name: string): Promise<EnvironmentDescription>;
  /** Messages of events, oldest first. */
  messages(filter: { EnvironmentName?: string; RequestId?: string }): Promise<string[]>;
  close(): Promise<void>;
}

/** Waits until something holds. */
export async function until<Answer>(
  what: string,
  ask: () => Promise<Answer | undefined | false>,
  patience = 60_000,
): Promise<Answer> {
  const deadline = Date.now() + patience;
  for (;;) {
    const answer = await ask();
    if (answer !== undefined && answer !== false) return answer;
    if (Date.now() > deadline) throw new Error(`${what}: not within ${patience} ms`);
    await sleep(30);
  }
}

/** Opens a fast region for the tests of one file. */
export async function openTestRegion(openHosts?: OpenRegionOptions["openHosts"]): Promise<TestRegion> {
  const directory = await mkdtemp(join(tmpdir(), "bertops-eb-"));
  const opened = await openRegion({
    directory,
    name: "us-east-1",
    timings: FAST_TIMINGS,
    ...(openHosts && { openHosts }),
  });
  const config = {
    endpoint: opened.region.endpoint,
    region: "us-east-1",
    credentials: { accessKeyId: opened.accessKeyId, secretAccessKey: opened.secretAccessKey },
  };
  const eb = new ElasticBeanstalkClient(config);
  const ec2 = new EC2Client(config);
  const s3 = new S3Client({ ...config, forcePathStyle: true });
  const iam = new IAMClient(config);
  const AssumeRolePolicyDocument = JSON.stringify({ Version: "2012-10-17", Statement: [] });
  await iam.send(new CreateRoleCommand({ RoleName: "eb-service", AssumeRolePolicyDocument }));
  await iam.send(new CreateInstanceProfileCommand({ InstanceProfileName: "eb-ec2" }));
  const { S3Bucket: bucket = "" } = await eb.send(new CreateStorageLocationCommand({}));
  await eb.send(new CreateApplicationCommand({ ApplicationName: APPLICATION }));
  const find = async (name: string): Promise<EnvironmentDescription | undefined> => {
    const { Environments = [] } = await eb.send(
      new DescribeEnvironmentsCommand({ EnvironmentNames: [name] }),
    );
    return Environments.at(-1);
  };
  const settled = (name: string): Promise<EnvironmentDescription> =>
    until(`${name} settles`, async () => {
      const environment = await find(name);
      return environment?.Status === "Ready" || environment?.Status === "Terminated"
        ? environment
        : undefined;
    });
  return {
    region: opened.region,
    eb,
    ec2,
    s3,
    bucket,
    settled,
    async addVersion(label, files) {
      const Key = `demo/${label}.zip`;
      await s3.send(new PutObjectCommand({ Bucket: bucket, Key, Body: await zipBundle(files) }));
      const SourceBundle = { S3Bucket: bucket, S3Key: Key };
      await eb.send(
        new CreateApplicationVersionCommand({
          ApplicationName: APPLICATION,
          VersionLabel: label,
          SourceBundle,
        }),
      );
    },
    async launch(name, version, settings) {
      const created = await eb.send(
        new CreateEnvironmentCommand({
          ApplicationName: APPLICATION,
          EnvironmentName: name,
          VersionLabel: version,
          SolutionStackName: STACK,
          OptionSettings: settings,
        }),
      );
      return { environment: await settled(name), requestId: created.$metadata.requestId ?? "" };
    },
    async messages(filter) {
      const { Events = [] } = await eb.send(
        new DescribeEventsCommand({ ApplicationName: APPLICATION, ...filter }),
      );
      return Events.map((event) => event.Message ?? "").toReversed();
    },
    async close() {
      for (const client of [eb, ec2, s3, iam]) client.destroy();
      await opened.close();
      await rm(directory, { recursive: true, force: true });
    },
  };
}
