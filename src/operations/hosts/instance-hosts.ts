import type { Instance, Instances } from "../../aws/instances.ts";
import { EXIT, UserError } from "../../errors.ts";
import { connect } from "../../ssh/connect.ts";
import { type ConsoleKeys, consoleKeys } from "../../ssh/console-keys.ts";
import { credentials, type EphemeralKey, generateEphemeralKey } from "../../ssh/credentials.ts";
import { knownHostsFiles, knownHostsPaths } from "../../ssh/known-hosts-files.ts";
import { openSshConfig, resolveHost } from "../../ssh/ssh-config-file.ts";
import type { SshTarget } from "../../ssh/target.ts";
import { hostTrust } from "../../ssh/trust.ts";
import { homeOf, resolveOptions, type SshSettings } from "./bare-hosts.ts";
import { type HostAccess, pause } from "./host-access.ts";

export interface InstanceHostsOptions {
  readonly settings: SshSettings & { readonly user: string; readonly port: number };
  readonly ports: Pick<Instances, "sendSshPublicKey" | "consoleOutput">;
  /** Milliseconds between two looks at a console that has no host keys yet, and for all of them. */
  readonly consolePause: number;
  readonly consoleWait: number;
  readonly signal: AbortSignal;
}

/** EC2 Instance Connect admits a key for 60 seconds; after this it is sent again. */
const ADMITTED_MS = 40_000;

/**
 * Instances of an environment. They are logged in to with a key that lives only in this process, and their host keys
 * are what their consoles say.
 */
export async function instanceHosts(
  instances: readonly Instance[],
  options: InstanceHostsOptions,
): Promise<readonly HostAccess[]> {
  const { settings, ports } = options;
  const { environment, ask, emit } = settings;
  const home = homeOf(environment);
  const byId = new Map(instances.map((instance) => [instance.id, instance]));
  const key = ephemeralKeys(byId, options);
  const offered = credentials({ ask, agent: environment["SSH_AUTH_SOCK"], home, ephemeral: key });
  const trust = hostTrust({
    knownHosts: knownHostsFiles(knownHostsPaths(settings.knownHosts, environment)),
    accepted: settings.hostKeys,
    ask,
    emit,
    console: (target) => {
      const [id] = target.keyNames;
      return id !== undefined && byId.has(id)
        ? waitForConsole(id, ports, options)
        : Promise.resolve(undefined);
    },
  });
  const jumps = await jumpHosts(settings);
  return instances.map((instance) => {
    const target = targetOf(instance, jumps, settings);
    return {
      id: instance.id,
      host: target.host,
      user: target.user,
      connect: (signal) => connect(target, { trust, credentials: offered, signal }),
    };
  });
}

function targetOf(
  instance: Instance,
  jumps: readonly SshTarget[],
  settings: InstanceHostsOptions["settings"],
): SshTarget {
  // From inside the VPC, where a jump host stands, the private address is the one that works.
  const host =
    jumps.length > 0 ? (instance.privateIp ?? instance.publicIp) : (instance.publicIp ?? instance.privateIp);
  if (host === undefined)
    throw new UserError({
      reason: "no-address",
      message: `The instance ${instance.id} has no address yet; it is ${instance.state}.`,
      hint: "Wait until it runs, then run the same command again.",
      next: ["bertops status"],
      exitCode: EXIT.retry,
    });
  return {
    host,
    port: settings.port,
    user: settings.user,
    label: instance.id,
    keyNames: [instance.id],
    identities: settings.identity === undefined ? [] : [settings.identity],
    jumps,
  };
}

async function jumpHosts(settings: SshSettings): Promise<readonly SshTarget[]> {
  if (settings.jump === undefined || settings.jump === "") return [];
  const config = await openSshConfig(homeOf(settings.environment));
  const { jump: _own, defaultUser: _user, defaultPort: _port, ...options } = resolveOptions(settings);
  return settings.jump.split(",").flatMap((word) => {
    const target = resolveHost(word.trim(), config, options);
    return [...target.jumps, { ...target, jumps: [] }];
  });
}

function ephemeralKeys(
  byId: ReadonlyMap<string, Instance>,
  { ports, settings }: InstanceHostsOptions,
): (target: SshTarget) => EphemeralKey | undefined {
  const pair = generateEphemeralKey();
  const admitted = new Map<string, { readonly until: number; readonly done: Promise<void> }>();
  return (target) => {
    const instance = byId.get(target.keyNames[0] ?? "");
    if (instance === undefined) return undefined;
    return {
      privateKey: pair.privateKey,
      async admit() {
        const last = admitted.get(instance.id);
        if (last !== undefined && Date.now() < last.until) return last.done;
        const done = ports
          .sendSshPublicKey({
            instanceId: instance.id,
            availabilityZone: instance.availabilityZone,
            user: target.user,
            publicKey: pair.publicKey,
          })
          .catch((error: unknown) => {
            admitted.delete(instance.id);
            // Another key may do: the instance's key pair, named or in the agent.
            if (settings.identity === undefined && settings.environment["SSH_AUTH_SOCK"] === undefined)
              throw error;
            settings.emit({
              type: "detail",
              message: `EC2 Instance Connect would not admit a key: ${error instanceof Error ? error.message : String(error)}`,
            });
          });
        admitted.set(instance.id, { until: Date.now() + ADMITTED_MS, done });
        return done;
      },
    };
  };
}

async function waitForConsole(
  id: string,
  ports: InstanceHostsOptions["ports"],
  options: InstanceHostsOptions,
): Promise<ConsoleKeys> {
  const deadline = Date.now() + options.consoleWait;
  for (let told = false; ; told = true) {
    const keys = consoleKeys(await ports.consoleOutput(id));
    if (keys.fingerprints.length > 0 || Date.now() >= deadline) return keys;
    if (!told)
      options.settings.emit({ type: "note", message: `Waiting for the host keys on the console of ${id}.` });
    await pause(options.consolePause, options.signal);
  }
}
