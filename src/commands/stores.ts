import type { Config } from "../config/config.ts";
import { EXIT, UserError } from "../errors.ts";
import type { HostAccess } from "../operations/hosts/host-access.ts";
import type { Dial, StoreHost } from "../store/host.ts";
import type { Invocation } from "./act.ts";
import { awsOf, configOf } from "./with-aws.ts";
import { textOf } from "./option-values.ts";
import { hostWords, sshOptions } from "./ssh-options.ts";

/** A host that is logged in to, and the store that it mounts. */
export interface OpenStore {
  readonly access: HostAccess;
  readonly host: StoreHost;
  /** One more connection to the same host. */
  readonly dial: Dial;
  readonly root: string;
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
export async function openStores(invocation: Invocation): Promise<Stores> {
  const { checkRoot, DEFAULT_ROOT } = await import("../store/layout.ts");
  const { openBareHosts, openEnvironmentHosts } = await import("../operations/hosts/open-hosts.ts");
  const words = hostWords(invocation);
  const named = textOf(invocation.options["root"]);
  const config = await configOf(invocation, words.length > 0);
  if (words.length > 0) {
    const root = checkRoot(named ?? DEFAULT_ROOT);
    const hosts = await openBareHosts(words, sshOptions(invocation));
    const stores: OpenStore[] = [];
    for (const access of hosts) stores.push(await openStore(access, root, invocation));
    return bundle(stores, config, undefined, hosts.length);
  }
  const aws = await awsOf(config, invocation);
  const { hosts, environment, mountPoint } = await openEnvironmentHosts(config, aws, sshOptions(invocation));
  const root = checkRoot(named ?? `${mountPoint}/models`);
  return bundle([await openAny(hosts, root, invocation)], config, environment.url, hosts.length);
}

/** All instances mount the same file system: the first one that answers will do. */
async function openAny(
  hosts: readonly HostAccess[],
  root: string,
  invocation: Invocation,
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
      return await openStore(access, root, invocation);
    } catch (error) {
      if (!(error instanceof UserError) || error.exitCode !== EXIT.retry) throw error;
      failure = error;
    }
  }
  throw failure;
}

async function openStore(access: HostAccess, root: string, { world }: Invocation): Promise<OpenStore> {
  const [{ connectPatiently }, { redialingHost }, { storeHost }] = await Promise.all([
    import("../operations/hosts/host-access.ts"),
    import("../operations/hosts/redialing-host.ts"),
    import("../operations/hosts/store-host.ts"),
  ]);
  const { emit, signal } = world;
  const connection = await connectPatiently(access, {
    wait: WAIT,
    signal,
    onWait: () => emit({ type: "note", message: `${access.id} does not answer yet; trying again.` }),
  });
  const dial = async (): Promise<StoreHost> => storeHost(await access.connect(signal));
  return { access, host: redialingHost(storeHost(connection), dial), dial, root };
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
      for (const { host } of stores) host.close();
    },
  };
}
