import type { BeanstalkState } from "./beanstalk/state.ts";
import type { Ec2State } from "./ec2/state.ts";
import type { EfsState } from "./efs/state.ts";
import type { Hosts } from "./hosts/host.ts";
import type { IamState } from "./iam/state.ts";
import type { S3State } from "./s3/state.ts";
import type { Timings } from "./timings.ts";

/** Everything that exists in the sandbox's one region. Operations read and change it; nothing else holds state. */
export interface Region {
  readonly name: string;
  readonly accountId: string;
  /** The sandbox's own directory on this machine: instance roots, file systems, buckets. */
  readonly directory: string;
  /** The endpoint that clients use, `http://127.0.0.1:PORT`. */
  readonly endpoint: string;
  readonly timings: Timings;
  readonly hosts: Hosts;
  readonly iam: IamState;
  readonly ec2: Ec2State;
  readonly efs: EfsState;
  readonly s3: S3State;
  readonly beanstalk: BeanstalkState;
}
