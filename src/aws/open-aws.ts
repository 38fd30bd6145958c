import { EC2Client } from "@aws-sdk/client-ec2";
import { EC2InstanceConnectClient } from "@aws-sdk/client-ec2-instance-connect";
import { EFSClient } from "@aws-sdk/client-efs";
import { ElasticBeanstalkClient } from "@aws-sdk/client-elastic-beanstalk";
import { IAMClient } from "@aws-sdk/client-iam";
import { S3Client } from "@aws-sdk/client-s3";
import { STSClient } from "@aws-sdk/client-sts";
import { type Applications, openApplications } from "./applications.ts";
import { callerAddress } from "./caller-address.ts";
import { type ConnectEndpoints, openConnectEndpoints } from "./connect-endpoints.ts";
import { type EnvironmentEvents, openEnvironmentEvents } from "./environment-events.ts";
import { type EnvironmentLogs, openEnvironmentLogs } from "./environment-logs.ts";
import { type Environments, openEnvironments } from "./environments.ts";
import { noRegion } from "./errors.ts";
import { type FileSystems, openFileSystems } from "./file-systems.ts";
import { type Identities, openIdentities } from "./identity.ts";
import { type Instances, openInstances } from "./instances.ts";
import { type Network, openNetwork } from "./network.ts";
import { openPlatforms, type Platforms } from "./platforms.ts";
import { openRoles, type Roles } from "./roles.ts";
import { openSecurityGroups, type SecurityGroups } from "./security-groups.ts";
import { openSession } from "./session.ts";
import { openStorage, type Storage } from "./storage.ts";

/** The adapters, one per service or resource, over one session. */
export interface Aws {
  readonly region: string;
  /** True where the endpoint is on this machine: then waiting is short. */
  readonly local: boolean;
  readonly identities: Identities;
  readonly network: Network;
  readonly securityGroups: SecurityGroups;
  readonly roles: Roles;
  readonly fileSystems: FileSystems;
  readonly storage: Storage;
  readonly platforms: Platforms;
  readonly applications: Applications;
  readonly environments: Environments;
  readonly events: EnvironmentEvents;
  readonly logs: EnvironmentLogs;
  readonly instances: Instances;
  readonly connectEndpoints: ConnectEndpoints;
  /** The same under another signal: what has to be done when the command itself was stopped. */
  reopened(signal: AbortSignal): Promise<Aws>;
  /** The caller's public address; undefined where it cannot be found out. */
  callerAddress(): Promise<string | undefined>;
}

export interface OpenAwsOptions {
  /** Absent: the profile's own region. */
  readonly region?: string | undefined;
  readonly profile?: string | undefined;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly signal?: AbortSignal | undefined;
}

/** Opens AWS in one region; makes no call. */
export async function openAws(options: OpenAwsOptions): Promise<Aws> {
  // The SDK would print, on every start, that its versions from 2027 on need a newer Node.js.
  process.env["AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED"] ??= "true";
  const region = options.region ?? (await regionOfProfile(options.profile));
  const session = openSession({ ...options, region });
  const ec2 = new EC2Client({ ...session.settings("EC2") });
  const connect = new EC2InstanceConnectClient({ ...session.settings("EC2_INSTANCE_CONNECT") });
  const beanstalk = new ElasticBeanstalkClient({ ...session.settings("ELASTIC_BEANSTALK") });
  const efs = new EFSClient({ ...session.settings("EFS") });
  const iam = new IAMClient({ ...session.settings("IAM") });
  const s3 = new S3Client({ ...session.settings("S3"), forcePathStyle: session.local });
  const sts = new STSClient({ ...session.settings("STS") });
  for (const client of [ec2, connect, beanstalk, efs, iam, s3, sts])
    client.middlewareStack.use(session.plugin);
  return {
    region,
    local: session.local,
    identities: openIdentities(sts),
    network: openNetwork(ec2),
    securityGroups: openSecurityGroups(ec2),
    roles: openRoles(iam),
    fileSystems: openFileSystems(efs),
    storage: openStorage(s3, beanstalk),
    platforms: openPlatforms(beanstalk),
    applications: openApplications(beanstalk),
    environments: openEnvironments(beanstalk),
    events: openEnvironmentEvents(beanstalk),
    logs: openEnvironmentLogs(beanstalk),
    instances: openInstances({ ec2, connect, beanstalk }),
    connectEndpoints: openConnectEndpoints({ ec2, connect }),
    reopened: (signal) => openAws({ ...options, region, signal }),
    callerAddress: () => callerAddress(options.environment, options.signal),
  };
}

async function regionOfProfile(profile: string | undefined): Promise<string> {
  try {
    return await new STSClient(profile === undefined ? {} : { profile }).config.region();
  } catch (cause) {
    throw noRegion(cause);
  }
}
