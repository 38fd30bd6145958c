import { EC2Client } from "@aws-sdk/client-ec2";
import { EC2InstanceConnectClient } from "@aws-sdk/client-ec2-instance-connect";
import { EFSClient } from "@aws-sdk/client-efs";
import { ElasticBeanstalkClient } from "@aws-sdk/client-elastic-beanstalk";
import { type FileSystems, openFileSystems } from "./file-systems.ts";
import { type Instances, openInstances } from "./instances.ts";
import { openSession } from "./session.ts";

/** The adapters, one per service or resource, over one session. */
export interface Aws {
  readonly region: string;
  /** True where the endpoint is on this machine: then waiting is short. */
  readonly local: boolean;
  readonly instances: Instances;
  readonly fileSystems: FileSystems;
}

export interface OpenAwsOptions {
  readonly region: string;
  readonly profile?: string | undefined;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly signal?: AbortSignal | undefined;
}

/** Opens AWS in one region; makes no call. */
export function openAws(options: OpenAwsOptions): Aws {
  const session = openSession(options);
  const ec2 = new EC2Client({ ...session.settings("EC2") });
  const connect = new EC2InstanceConnectClient({ ...session.settings("EC2_INSTANCE_CONNECT") });
  const beanstalk = new ElasticBeanstalkClient({ ...session.settings("ELASTIC_BEANSTALK") });
  const efs = new EFSClient({ ...session.settings("EFS") });
  for (const client of [ec2, connect, beanstalk, efs]) client.middlewareStack.use(session.plugin);
  return {
    region: session.region,
    local: session.local,
    instances: openInstances({ ec2, connect, beanstalk }),
    fileSystems: openFileSystems(efs),
  };
}
