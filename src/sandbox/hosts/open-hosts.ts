import { mkdirSync, realpathSync } from "node:fs";
import { join } from "node:path";
import type { MountPatience } from "./calls/inside.ts";
import type { Host, HostGates, Hosts, HostSpec, Isolation } from "./host.ts";
import { Instance } from "./instance.ts";
import { probeIsolation } from "./isolation.ts";
import { Loopback } from "./loopback.ts";
import { openMachine } from "./open-machine.ts";
import { writePrograms } from "./programs/write-programs.ts";
import { writeRoot } from "./root.ts";
import { keptHostKeys } from "./ssh/host-keys.ts";
import { JumpServer } from "./ssh/jump-server.ts";
import { Watchdog } from "./watchdog.ts";

const DEFAULT_PATIENCE: MountPatience = { attempts: 3, timeout: 2000 };
const DEFAULT_CONSOLE_DELAY = 500;
const SSH_PORT = 22;

/** How instances are to run. */
export interface OpenHostsOptions {
  /** The sandbox's own directory; instances live in its `hosts`, which is removed at the end. */
  readonly directory: string;
  readonly gates: HostGates;
  /** Found by trying, or forced by BERTOPS_SANDBOX_ISOLATION, when absent. */
  readonly isolation?: Isolation;
  /** The port of SSH servers; a free one when absent. */
  readonly sshPort?: number;
  /** `jump`: no addresses of their own, as on macOS; instances are reached through a jump host. */
  readonly reach?: "loopback" | "jump";
  /** The jump host's port; a free one when absent. */
  readonly jumpPort?: number;
  /** How long mounts wait for a server that does not answer. */
  readonly patience?: MountPatience;
  /** Milliseconds from an instance's boot to the host keys on its console. */
  readonly consoleDelay?: number;
}

/** Opens the place where instances run. */
export async function openHosts(options: OpenHostsOptions): Promise<Hosts> {
  const isolation = await probeIsolation(options.isolation);
  mkdirSync(join(options.directory, "hosts"), { recursive: true });
  // Programs inside see it without symbolic links (macOS: /var is /private/var).
  const directory = realpathSync(join(options.directory, "hosts"));
  const watchdog = new Watchdog(directory, isolation === "prefix" ? "KILL" : "CONT");
  const running = new Map<string, Instance>();
  const loopback = options.reach === "jump" ? undefined : await Loopback.open(options.sshPort);
  const sshPort = loopback?.port ?? options.sshPort ?? SSH_PORT;
  const byIp = (ip: string): Instance | undefined =>
    [...running.values()].find((each) => each.address === ip);
  const jump =
    loopback === undefined
      ? new JumpServer(keptHostKeys(options.directory, "jump"), (to, port, source) => {
          const instance = port === sshPort || port === SSH_PORT ? byIp(to) : undefined;
          return instance === undefined ? undefined : (stream) => instance.connect(stream, source);
        })
      : undefined;
  await jump?.open(options.jumpPort ?? 0);

  async function launch(spec: HostSpec): Promise<Host> {
    const own = join(directory, spec.instanceId);
    const root = join(own, "root");
    mkdirSync(root, { recursive: true });
    const machine = openMachine(isolation, { root, hostname: spec.hostname, watchdog });
    writeRoot(root, spec, machine.realUsers);
    writePrograms(machine);
    const address = loopback?.take() ?? spec.privateIp;
    const instance = new Instance({
      spec,
      gates: options.gates,
      machine,
      directory: own,
      address,
      patience: options.patience ?? DEFAULT_PATIENCE,
      consoleDelay: options.consoleDelay ?? DEFAULT_CONSOLE_DELAY,
      onTerminated: () => {
        running.delete(spec.instanceId);
        loopback?.free(address);
      },
      ...(loopback === undefined || spec.isPublic === false ? {} : { sshPort }),
    });
    running.set(spec.instanceId, instance);
    try {
      await instance.boot();
    } catch (error) {
      await instance.terminate();
      throw error;
    }
    return instance;
  }

  return {
    isolation,
    sshPort,
    launch,
    ...(jump === undefined ? {} : { jump }),
    async close(): Promise<void> {
      await Promise.all([...running.values()].map((each) => each.terminate()));
      await jump?.close();
      await watchdog.close();
    },
  };
}
