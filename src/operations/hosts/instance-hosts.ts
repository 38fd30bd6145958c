import type { ConnectEndpoints } from "../../aws/connect-endpoints.ts";
import type { Instance, Instances } from "../../aws/instances.ts";
import { UserError } from "../../errors.ts";
import { connect, type ConnectOptions } from "../../ssh/connect.ts";
import { type ConsoleKeys, consoleKeys } from "../../ssh/console-keys.ts";
import { credentials } from "../../ssh/credentials.ts";
import { knownHostsFiles, knownHostsPaths } from "../../ssh/known-hosts-files.ts";
import { openSshConfig, resolveJumps } from "../../ssh/ssh-config-file.ts";
import type { SshTarget } from "../../ssh/target.ts";
import { hostTrust } from "../../ssh/trust.ts";
import type { Admission, Entrance } from "./admission.ts";
import { homeOf, resolveOptions, type SshSettings } from "./bare-hosts.ts";
import { ephemeralKeys } from "./ephemeral-keys.ts";
import { pause } from "../pace.ts";
import type { HostAccess } from "./host-access.ts";
import { chooseWay, type Way, type WayName } from "./way.ts";

export interface InstanceHostsOptions {
  readonly settings: SshSettings & { readonly user: string; readonly port: number; readonly via?: WayName };
  readonly ports: Pick<Instances, "sendSshPublicKey" | "consoleOutput"> & {
    readonly endpoints: ConnectEndpoints;
  };
  /** The port behind an endpoint: the sandbox keeps its own ports from its rules. */
  readonly tunnelPort: number;
  /** Milliseconds between two looks at a console that has no host keys yet, and for all of them. */
  readonly consolePause: number;
  readonly consoleWait: number;
  /** Sees that security groups let us in. */
  readonly admission: (entrances: readonly Entrance[]) => Admission;
  readonly signal: AbortSignal;
}

/** Milliseconds for a host that a security group keeps us from. */
const SHUT_MS = 4000;

/**
 * Instances of an environment, each by the way that leads to it. They are logged in to with a key that lives only in this
 * process, and their host keys are what their consoles say. One that no way leads to says so when it is connected to.
 */
export async function instanceHosts(
  instances: readonly Instance[],
  options: InstanceHostsOptions,
): Promise<readonly HostAccess[]> {
  const { settings, ports } = options;
  const { environment, ask, emit, via } = settings;
  const agent = environment["SSH_AUTH_SOCK"];
  const byId = new Map(instances.map((instance) => [instance.id, instance]));
  const ephemeral = ephemeralKeys(byId, {
    ports,
    hasOther: settings.identity !== undefined || agent !== undefined,
    emit,
  });
  const how: Omit<ConnectOptions, "signal"> = {
    credentials: credentials({
      ask,
      emit,
      agent,
      passphrase: environment["BERTOPS_KEY_PASSPHRASE"],
      home: homeOf(environment),
      ephemeral,
    }),
    trust: hostTrust({
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
    }),
  };
  const jumps = await jumpHosts(settings);
  const endpoints = await endpointsOf(instances, jumps.length > 0, options);
  const chosen = instances.map((instance): { instance: Instance; way: Way | UserError } => {
    const situation = {
      instance,
      hasJump: jumps.length > 0,
      endpoints: endpoints.get(instance.vpcId) ?? [],
      ...(via === undefined ? {} : { via }),
    };
    try {
      return { instance, way: chooseWay(situation) };
    } catch (error) {
      if (error instanceof UserError) return { instance, way: error };
      throw error;
    }
  });
  const doors = options.admission(
    chosen.flatMap(({ instance: { id, securityGroupIds }, way }) =>
      way instanceof UserError ? [] : { id, securityGroupIds, way },
    ),
  );
  return chosen.map(({ instance, way }): HostAccess => {
    const { id } = instance;
    if (way instanceof UserError)
      return {
        id,
        host: instance.privateIp ?? "",
        user: settings.user,
        connect: () => Promise.reject(way),
      };
    const target = targetOf(instance, way, jumps, options);
    return {
      id,
      host: target.host,
      user: target.user,
      launchedAt: instance.launchedAt,
      async connect(signal, login = {}) {
        // Behind a door that is shut, only a way that the rules do not show leads in: a look will do.
        const timeout = (await doors.ensure(id)) ? undefined : SHUT_MS;
        const asked = { ...how, ...login, signal, ...(timeout === undefined ? {} : { timeout }) };
        return connect(target, asked).catch((error: unknown) => {
          throw doors.explain(id, error);
        });
      },
    };
  });
}

function targetOf(
  instance: Instance,
  way: Way,
  jumps: readonly SshTarget[],
  { settings, ports, tunnelPort }: InstanceHostsOptions,
): SshTarget {
  const target = {
    host: way.address,
    port: settings.port,
    user: settings.user,
    label: instance.id,
    keyNames: [instance.id],
    identities: settings.identity === undefined ? [] : [settings.identity],
    jumps: way.kind === "jump" ? jumps : [],
  };
  if (way.kind !== "endpoint") return target;
  const { endpoint, address } = way;
  const label = `the endpoint ${endpoint.id}`;
  return {
    ...target,
    transport: {
      label,
      async open(signal) {
        settings.emit({ type: "detail", message: `${instance.id}: a tunnel through ${label}` });
        const url = await ports.endpoints.tunnelUrl(endpoint, { privateIp: address, port: tunnelPort });
        const { openTunnel } = await import("../../ssh/tunnel.ts");
        return openTunnel(url, label, signal);
      },
    },
  };
}

/** Endpoints by VPC; nothing is asked where each instance has another way. */
async function endpointsOf(
  instances: readonly Instance[],
  hasJump: boolean,
  { ports, settings: { via } }: InstanceHostsOptions,
): Promise<ReadonlyMap<string, Awaited<ReturnType<ConnectEndpoints["inVpc"]>>>> {
  const needs = ({ publicIp }: Instance): boolean =>
    via === "endpoint" || (via === undefined && !hasJump && publicIp === undefined);
  const vpcs = [...new Set(instances.filter(needs).map(({ vpcId }) => vpcId))];
  return new Map(
    await Promise.all(vpcs.map(async (vpc) => [vpc, await ports.endpoints.inVpc(vpc)] as const)),
  );
}

async function jumpHosts(settings: SshSettings): Promise<readonly SshTarget[]> {
  if (settings.jump === undefined || settings.jump === "") return [];
  const config = await openSshConfig(homeOf(settings.environment));
  const { jump: _own, user: _user, defaultPort: _port, ...options } = resolveOptions(settings);
  return resolveJumps(settings.jump, config, options);
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
