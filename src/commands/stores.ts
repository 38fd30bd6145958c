import type { Config } from "../config/config.ts";
import { EXIT, UserError } from "../errors.ts";
import type { HostAccess } from "../operations/hosts/host-access.ts";
import type { Dial, StoreHost } from "../store/host.ts";
import type { EarlyDial } from "../store/transfer/early-dial.ts";
import type { Invocation } from "./act.ts";
import { awsOf, configOf } from "./with-aws.ts";
import { textOf } from "./option-values.ts";
import { hostWords, sshOptions } from "./ssh-options.ts";

/** A store by its place: of an environment or a host, and where there. */
export interface StoreName {
  readonly of: string;
  readonly root: string;
  readonly config: Config;
}

/** A host that is logged in to, and the store that it mounts. */
export interface OpenStore extends StoreName {
  readonly access: HostAccess;
  readonly host: StoreHost;
  /** One more connection to the same host. */
  readonly dial: Dial;
  /** Those that log in already. */
  readonly early: EarlyDial;
}

/** How many further connections may log in with the first one, given the milliseconds to the host and back. */
export type WorthEarly = (store: StoreName, roundTrip: number) => Promise<number>;

/** What else there is to do while stores are opened. */
export interface OpeningHooks {
  readonly worthEarly?: WorthEarly;
  /** Told when AWS or the host is asked: what they have to wait for takes a while, in which this machine is free. */
  readonly onAsked?: () => void;
}

/** The stores of a call: one for each `--host`, or the environment's through any of its instances. */
export interface Stores {
  readonly stores: readonly OpenStore[];
  readonly config: Config;
  /** The environment's address, where there is an environment. */
  readonly url: string | undefined;
  /** How many instances the environment has. */
  readonly instances: number;
  close(): void;
}

/** How long a host that doesn't answer is asked again, in milliseconds. */
const WAIT = 30_000;

/** Logs in to the stores that the flags and bertops.yaml mean. */
export async function openStores(invocation: Invocation, hooks: OpeningHooks = {}): Promise<Stores> {
  const words = hostWords(invocation);
  const named = textOf(invocation.options["root"]);
  // All at once: over a long link, what is sent first is what all the rest waits for.
  const [{ checkRoot, DEFAULT_ROOT }, { openBareHosts, openEnvironmentHosts }, config] = await Promise.all([
    import("../store/layout.ts"),
    import("../operations/hosts/open-hosts.ts"),
    configOf(invocation, words.length > 0),
    loginModules(),
  ]);
  if (words.length > 0) {
    const root = checkRoot(named ?? DEFAULT_ROOT);
    const hosts = await openBareHosts(words, sshOptions(invocation));
    const stores: OpenStore[] = [];
    for (const access of hosts)
      stores.push(await openStore(access, { of: access.id, root, config }, invocation, hooks));
    return bundle(stores, config, undefined, hosts.length);
  }
  const aws = await awsOf(config, invocation);
  hooks.onAsked?.();
  const { hosts, environment, mountPoint } = await openEnvironmentHosts(config, aws, sshOptions(invocation));
  const root = checkRoot(named ?? `${mountPoint}/models`);
  const name = { of: environment.name, root, config };
  const store = await openAny(hosts, name, invocation, hooks);
  return bundle([store], config, environment.url, hosts.length);
}

/** All instances mount the same file system: the first one that answers will do. */
async function openAny(
  hosts: readonly HostAccess[],
  name: StoreName,
  invocation: Invocation,
  hooks: OpeningHooks,
): Promise<OpenStore> {
  let failure: unknown = new UserError({
    reason: "no-instances",
    message: "The environment has no running instance to send a model through.",
    hint: "Wait until it has one, then run the same command again.",
    next: ["bertops status"],
    exitCode: EXIT.retry,
  });
  for (const access of hosts) {
    try {
      return await openStore(access, name, invocation, hooks);
    } catch (error) {
      if (!(error instanceof UserError) || error.exitCode !== EXIT.retry) throw error;
      failure = error;
    }
  }
  throw failure;
}

function loginModules() {
  return Promise.all([
    import("../operations/hosts/host-access.ts"),
    import("../operations/hosts/redialing-host.ts"),
    import("../operations/hosts/store-host.ts"),
    import("../store/transfer/early-dial.ts"),
  ]);
}

async function openStore(
  access: HostAccess,
  name: StoreName,
  { world }: Invocation,
  { worthEarly, onAsked }: OpeningHooks,
): Promise<OpenStore> {
  const [{ connectPatiently }, { redialingHost }, { storeHost }, { earlyDial }] = await loginModules();
  const { emit, signal } = world;
  const early = earlyDial(async (unwanted) =>
    storeHost(await access.connect(AbortSignal.any([signal, unwanted]), { after: first })),
  );
  let asked = false;
  const first = connectPatiently(access, {
    wait: WAIT,
    signal,
    ...(onAsked === undefined ? {} : { onAsked }),
    onWait: () => emit({ type: "note", message: `${access.id} does not answer yet; trying again.` }),
    onRoundTrip(milliseconds) {
      if (asked || worthEarly === undefined) return;
      asked = true;
      // That they are of no use is no reason to fail.
      worthEarly(name, milliseconds).then(early.begin, () => undefined);
    },
  });
  try {
    const host = storeHost(await first);
    const redial = async (): Promise<StoreHost> => storeHost(await access.connect(signal));
    return { ...name, access, host: redialingHost(host, redial), dial: early.dial, early };
  } catch (error) {
    early.close();
    throw error;
  }
}

function bundle(
  stores: readonly OpenStore[],
  config: Config,
  url: string | undefined,
  instances: number,
): Stores {
  return {
    stores,
    config,
    url,
    instances,
    close() {
      for (const { host, early } of stores) {
        early.close();
        host.close();
      }
    },
  };
}
