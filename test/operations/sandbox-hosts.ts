import type { Instance } from "../../src/aws/instances.ts";
import { instanceHosts } from "../../src/operations/hosts/instance-hosts.ts";
import type { HostAccess } from "../../src/operations/hosts/host-access.ts";
import type { Host, Hosts, Isolation, MountAnswer, MountRequest } from "../../src/sandbox/hosts/host.ts";
import { openHosts } from "../../src/sandbox/hosts/open-hosts.ts";
import { type FakeRegion, fakeRegion } from "../sandbox/hosts/fake-region.ts";
import { recorder, scriptedAsk } from "../ssh/voice.ts";

/** Instances of the sandbox, and the ways in that AWS would give. */
export interface SandboxHosts {
  readonly region: FakeRegion;
  readonly hosts: Hosts;
  readonly launched: readonly Host[];
  /** Logs in as bertops does on AWS: ephemeral key, host key from the console. */
  access(): Promise<readonly HostAccess[]>;
  /** The known_hosts file of this test. */
  readonly knownHosts: string;
  close(): Promise<void>;
}

export async function sandboxHosts(count: number, isolation: Isolation): Promise<SandboxHosts> {
  const region = fakeRegion();
  const hosts = await openHosts({
    directory: region.directory,
    gates: region.gates,
    isolation,
    consoleDelay: 50,
    patience: { attempts: 1, timeout: 300 },
  });
  // Whoever only knocks at port 2049 names no file system.
  region.answer = knock;
  const knownHosts = `${region.directory}/known_hosts`;
  const launched = await Promise.all(
    Array.from({ length: count }, (_, index) =>
      hosts.launch({
        instanceId: `i-000000000000000a${index}`,
        hostname: `ip-172-31-0-${10 + index}`,
        privateIp: `172.31.0.${10 + index}`,
        availabilityZone: "eu-west-1a",
      }),
    ),
  );
  const instances: readonly Instance[] = launched.map((host) => ({
    id: host.instanceId,
    publicIp: host.address,
    privateIp: host.address,
    privateDnsName: undefined,
    availabilityZone: "eu-west-1a",
    vpcId: "vpc-0",
    subnetId: "subnet-0",
    state: "running",
    keyName: undefined,
    securityGroupIds: [],
    launchedAt: undefined,
  }));
  return {
    region,
    hosts,
    launched,
    knownHosts,
    access: () =>
      instanceHosts(instances, {
        settings: {
          user: "ec2-user",
          port: hosts.sshPort,
          knownHosts,
          hostKeys: [],
          environment: { HOME: region.directory },
          ask: scriptedAsk({}),
          emit: recorder().emit,
        },
        ports: {
          // The region's own key stays out: only what Instance Connect admits gets in.
          sendSshPublicKey: async ({ publicKey }) => {
            region.authorized = [...region.authorized, publicKey];
          },
          endpoints: {
            inVpc: () => Promise.resolve([]),
            tunnelUrl: () => Promise.reject(new Error("no endpoint")),
          },
          consoleOutput: async (id) => launched.find((host) => host.instanceId === id)?.consoleOutput() ?? "",
        },
        tunnelPort: 22,
        consolePause: 50,
        consoleWait: 10_000,
        admission: () => ({ ensure: () => Promise.resolve(true), explain: (_id, error) => error }),
        signal: new AbortController().signal,
      }),
    async close() {
      await hosts.close();
      region.remove();
    },
  };
}

/** Every mount target's port answers; which file system there is, the region tells. */
export function knock(request: MountRequest): MountAnswer | undefined {
  return request.fileSystemId === "" ? { state: "ok", directory: "/", ip: "172.31.9.9" } : undefined;
}
