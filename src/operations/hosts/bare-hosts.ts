import os from "node:os";
import type { Ask, Emit } from "../../events.ts";
import { connect } from "../../ssh/connect.ts";
import { credentials } from "../../ssh/credentials.ts";
import { knownHostsFiles, knownHostsPaths } from "../../ssh/known-hosts-files.ts";
import { openSshConfig, type ResolveOptions, resolveHost } from "../../ssh/ssh-config-file.ts";
import { hostTrust } from "../../ssh/trust.ts";
import { userName } from "../user-name.ts";
import type { HostAccess } from "./host-access.ts";

/** How hosts are logged in to, whichever they are. */
export interface SshSettings {
  readonly identity?: string;
  readonly knownHosts?: string;
  readonly jump?: string;
  readonly user?: string;
  readonly port?: number;
  /** Fingerprints that are accepted for hosts which are not known yet. */
  readonly hostKeys: readonly string[];
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly ask: Ask;
  readonly emit: Emit;
}

/** Hosts by name: what `--host` says, completed by ssh's configuration. No AWS call is made. */
export async function bareHosts(
  words: readonly string[],
  settings: SshSettings,
): Promise<readonly HostAccess[]> {
  const { environment, ask, emit } = settings;
  const config = await openSshConfig(homeOf(environment));
  const offered = credentials({
    ask,
    emit,
    agent: environment["SSH_AUTH_SOCK"],
    passphrase: environment["BERTOPS_KEY_PASSPHRASE"],
    home: homeOf(environment),
    passwords: true,
  });
  const trust = hostTrust({
    knownHosts: knownHostsFiles(knownHostsPaths(settings.knownHosts, environment)),
    accepted: settings.hostKeys,
    ask,
    emit,
  });
  return words.map((word) => {
    const target = resolveHost(word, config, resolveOptions(settings));
    return {
      id: word,
      host: target.host,
      user: target.user,
      connect: (signal, login = {}) => connect(target, { trust, credentials: offered, signal, ...login }),
    };
  });
}

/** How a word becomes a host. */
export function resolveOptions(settings: SshSettings): ResolveOptions {
  return {
    home: homeOf(settings.environment),
    localUser: userName(settings.environment),
    ...(settings.identity === undefined ? {} : { identity: settings.identity }),
    ...(settings.jump === undefined ? {} : { jump: settings.jump }),
    ...(settings.user === undefined ? {} : { user: settings.user }),
    environment: settings.environment,
    onLeftOut: (message) => settings.emit({ type: "warning", message }),
    ...(settings.port === undefined ? {} : { defaultPort: settings.port }),
  };
}

/** The person's home directory. */
export function homeOf(environment: Readonly<Record<string, string | undefined>>): string {
  return environment["HOME"] ?? os.homedir();
}
