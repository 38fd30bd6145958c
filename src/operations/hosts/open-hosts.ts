import os from "node:os";
import type { Instance } from "../../aws/instances.ts";
import type { Aws } from "../../aws/open-aws.ts";
import type { Config } from "../../config/config.ts";
import { EXIT, UserError } from "../../errors.ts";
import { locateStore, type StorePlace } from "../locate.ts";
import { bareHosts, type SshSettings } from "./bare-hosts.ts";
import { admission } from "./admission.ts";
import { userName } from "../user-name.ts";
import type { HostAccess } from "./host-access.ts";
import { instanceHosts } from "./instance-hosts.ts";
import type { WayName } from "./way.ts";

/** The hosts of an environment, and what they are instances of. */
export interface EnvironmentHosts extends StorePlace {
  readonly hosts: readonly HostAccess[];
  /** In the same order. */
  readonly instances: readonly Instance[];
}

/** What the command line says about logging in; it wins over bertops.yaml. */
export type SshFlags = Pick<SshSettings, "identity" | "knownHosts" | "jump" | "user" | "hostKeys"> & {
  /** Only these instances. */
  readonly instances: readonly string[];
  /** `--via`: the way to take, whatever there is. */
  readonly via?: WayName;
  /** `--admit-me`: a closed SSH port is opened for the caller until the command ends. */
  readonly admitMe?: boolean;
};

export interface OpenHostsOptions extends Pick<SshSettings, "environment" | "ask" | "emit"> {
  readonly flags: SshFlags;
  readonly signal: AbortSignal;
  readonly atEnd: (work: () => Promise<void>) => void;
  /** For a command that promises to change nothing, security groups included. */
  readonly changesNothing?: boolean;
}

/** Opens the hosts that `--host` names. */
export function openBareHosts(
  words: readonly string[],
  { flags, environment, ask, emit }: OpenHostsOptions,
): Promise<readonly HostAccess[]> {
  const { instances: _none, via: _way, admitMe: _admit, ...settings } = flags;
  return bareHosts(words, { ...settings, environment, ask, emit });
}

/** The sandbox's instances listen elsewhere, and its rules name this all the same. */
const SSH_PORT = 22;
/** Milliseconds for taking a rule back. */
const TAKE_BACK_MS = 15_000;

/** Finds the environment, unless it was `found` before, and opens its running instances. */
export async function openEnvironmentHosts(
  config: Config,
  aws: Aws,
  options: OpenHostsOptions,
  found?: StorePlace,
): Promise<EnvironmentHosts> {
  const located = found ?? (await locateStore(config, aws));
  const all = await aws.instances.ofEnvironment(located.environment.name);
  const { instances: only, admitMe, ...flags } = options.flags;
  const unknown = only.find((id) => !all.some((instance) => instance.id === id));
  if (unknown !== undefined)
    throw new UserError({
      reason: "no-instance",
      message: `The environment ${located.environment.name} has no instance ${unknown}; it has ${all.map(({ id }) => id).join(", ") || "none"}.`,
      next: ["bertops status"],
      exitCode: EXIT.usage,
    });
  const wanted = only.length === 0 ? all : all.filter(({ id }) => only.includes(id));
  const { ssh } = config;
  const hosts = await instanceHosts(wanted, {
    settings: {
      user: ssh.user,
      port: ssh.port,
      ...(ssh.identity === undefined ? {} : { identity: ssh.identity }),
      ...(ssh.knownHosts === undefined ? {} : { knownHosts: ssh.knownHosts }),
      ...(ssh.jump === undefined ? {} : { jump: ssh.jump }),
      ...flags,
      environment: options.environment,
      ask: options.ask,
      emit: options.emit,
    },
    ports: { ...aws.instances, endpoints: aws.connectEndpoints },
    tunnelPort: aws.local ? SSH_PORT : ssh.port,
    // EC2 needs minutes to show a console.
    consolePause: aws.local ? 250 : 5000,
    consoleWait: aws.local ? 30_000 : 300_000,
    admission: (entrances) =>
      admission(entrances, {
        ports: {
          securityGroups: aws.securityGroups,
          callerAddress: () => aws.callerAddress(),
          afterwards: async () => (await aws.reopened(AbortSignal.timeout(TAKE_BACK_MS))).securityGroups,
        },
        port: aws.local ? SSH_PORT : ssh.port,
        consent: options.changesNothing === true ? "never" : admitMe === true ? "always" : "ask",
        owner: { user: userName(options.environment), machine: os.hostname(), pid: process.pid },
        ask: options.ask,
        emit: options.emit,
        atEnd: options.atEnd,
      }),
    signal: options.signal,
  });
  return { hosts, instances: wanted, environment: located.environment, mountPoint: located.mountPoint };
}
