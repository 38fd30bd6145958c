import { randomBytes } from "node:crypto";
import { mkdir } from "node:fs/promises";
import { createBeanstalkState } from "./beanstalk/index.ts";
import { createEc2State } from "./ec2/state.ts";
import { createEfsState } from "./efs/state.ts";
import { gates } from "./gates.ts";
import type { HostGates, Hosts } from "./hosts/host.ts";
import { openHosts as openRealHosts } from "./hosts/open-hosts.ts";
import { createIamState } from "./iam/state.ts";
import type { Region } from "./region.ts";
import { createS3State } from "./s3/state.ts";
import { openEndpoint } from "./server.ts";
import { DEFAULT_TIMINGS, type Timings } from "./timings.ts";

/** How to open a region; everything but the directory and the name has a default. */
export interface OpenRegionOptions {
  /** Where instances, file systems and buckets lie; made if it is absent. */
  readonly directory: string;
  readonly name: string;
  /** 0 or absent: a free one. */
  readonly port?: number;
  readonly timings?: Timings;
  /** The one key that the region knows; made up if absent. */
  readonly credentials?: { readonly accessKeyId: string; readonly secretAccessKey: string };
  /** Where instances run: on this machine, unless told otherwise. */
  readonly openHosts?: (options: { readonly directory: string; readonly gates: HostGates }) => Promise<Hosts>;
}

/** A region that answers at `region.endpoint`. */
export interface OpenRegion {
  readonly region: Region;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  /** Ends deployments, instances and the listener. */
  close(): Promise<void>;
}

const ACCOUNT = "000000000000";

/** Opens a region in this process and listens on 127.0.0.1. */
export async function openRegion(options: OpenRegionOptions): Promise<OpenRegion> {
  await mkdir(options.directory, { recursive: true, mode: 0o700 });
  const credentials = options.credentials ?? {
    accessKeyId: `AKIA${randomBytes(8).toString("hex").toUpperCase()}`,
    secretAccessKey: randomBytes(30).toString("base64"),
  };
  const endpoint = await openEndpoint(options.port ?? 0);
  // Hosts ask the region, and the region holds the hosts: the gates look it up when they are asked.
  let region: Region | undefined;
  try {
    const hosts = await (options.openHosts ?? openRealHosts)({
      directory: options.directory,
      gates: gates(options.name, () => region!),
    });
    const opened: Region = {
      name: options.name,
      accountId: ACCOUNT,
      directory: options.directory,
      endpoint: `http://127.0.0.1:${endpoint.port}`,
      timings: options.timings ?? DEFAULT_TIMINGS,
      hosts,
      iam: createIamState(ACCOUNT, credentials),
      ec2: createEc2State(options.name, ACCOUNT),
      efs: createEfsState(),
      s3: createS3State(),
      beanstalk: createBeanstalkState(),
    };
    region = opened;
    endpoint.serve(opened);
    return {
      region: opened,
      ...credentials,
      async close() {
        await endpoint.close();
        await opened.beanstalk.close();
        await hosts.close();
      },
    };
  } catch (error) {
    await endpoint.close();
    throw error;
  }
}
