import { EXIT, UserError } from "../errors.ts";
import type { Ask, Emit } from "../events.ts";
import { type ConsoleKeys } from "./console-keys.ts";
import { fingerprint, type HostKey, keyTypeName, sameKey } from "./host-key.ts";
import type { KnownKeys } from "./known-hosts.ts";
import type { SshTarget } from "./target.ts";

/** The known_hosts files in use. */
export interface KnownHostsFiles {
  /** What they say about a host; `files` are those that ssh's configuration names for it. */
  keysOf(names: readonly string[], files?: readonly string[]): Promise<KnownKeys>;
  /** Writes the key down under the host's first name. */
  remember(names: readonly string[], key: HostKey, files?: readonly string[]): Promise<void>;
  /** Where `remember` writes, for messages. */
  readonly path: string;
}

/** What decides whether a host's key is the right one. There is no way to connect without it. */
export interface HostTrust {
  /** Key types that the host is known by, so that it shows one of those. */
  knownTypes(target: SshTarget): Promise<readonly string[]>;
  /** Resolves when the key is the host's own; rejects with a UserError otherwise. */
  verify(target: SshTarget, key: HostKey): Promise<void>;
}

export interface HostTrustOptions {
  readonly knownHosts: KnownHostsFiles;
  /** What the instance's console says, for hosts that have one; empty lists where it says nothing yet. */
  readonly console?: (target: SshTarget) => Promise<ConsoleKeys | undefined>;
  /** Fingerprints that the person passed with `--host-key`. */
  readonly accepted?: readonly string[];
  readonly ask: Ask;
  readonly emit: Emit;
}

/**
 * Verifies host keys: known ones are accepted; an unknown one must stand on the instance's console, be named by
 * `--host-key`, or be confirmed by a person who sees its fingerprint; a changed one stops everything.
 */
export function hostTrust(options: HostTrustOptions): HostTrust {
  // Several connections to one host at once must ask once.
  const verdicts = new Map<string, Promise<void>>();
  return {
    async knownTypes(target) {
      const { trusted } = await options.knownHosts.keysOf(target.keyNames, target.knownHosts);
      return [...new Set(trusted.map(({ type }) => type))];
    },
    verify(target, key) {
      const name = `${target.keyNames[0] ?? target.host} ${fingerprint(key)}`;
      const verdict = verdicts.get(name) ?? judge(target, key, options);
      verdicts.set(name, verdict);
      return verdict;
    },
  };
}

async function judge(target: SshTarget, key: HostKey, options: HostTrustOptions): Promise<void> {
  const { trusted, revoked } = await options.knownHosts.keysOf(target.keyNames, target.knownHosts);
  if (revoked.some((other) => sameKey(other, key))) throw revokedKey(target, key);
  if (trusted.some((other) => sameKey(other, key))) return;
  if (trusted.length > 0) throw changedKey(target, key, trusted.map(fingerprint), options.knownHosts.path);
  const shown = fingerprint(key);
  const said = await options.console?.(target);
  if (said !== undefined && said.fingerprints.length > 0) {
    if (!said.fingerprints.includes(shown)) throw changedKey(target, key, said.fingerprints);
  } else if (options.accepted?.includes(shown) !== true) {
    if (target.strictness !== "accept-new") await confirm(target, key, options);
  }
  await options.knownHosts.remember(target.keyNames, key, target.knownHosts);
  options.emit({ type: "detail", message: `host key of ${target.label}: ${shown}, now known` });
}

async function confirm(target: SshTarget, key: HostKey, options: HostTrustOptions): Promise<void> {
  const shown = fingerprint(key);
  const message = `${target.label} shows a host key that is not known yet: ${keyTypeName(key.type)} ${shown}. Type yes to trust it`;
  const agreed =
    target.strictness !== "known-only" &&
    (await options.ask
      .typed({ message, expected: "yes", flag: `--host-key ${shown}` })
      .catch(() => undefined));
  if (agreed === true) return;
  const port = target.port === 22 ? "" : `-p ${target.port} `;
  throw new UserError({
    reason: "host-key-unknown",
    message: `The host key of ${target.label} is not known: ${keyTypeName(key.type)} ${shown}.`,
    hint: "Compare the fingerprint with the host's own (ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub), then pass it with --host-key or write the key down.",
    next: [`ssh-keyscan ${port}${target.host} >> ${options.knownHosts.path}`],
    exitCode: EXIT.denied,
  });
}

function changedKey(target: SshTarget, key: HostKey, expected: readonly string[], path?: string): UserError {
  const name = target.keyNames[0] ?? target.host;
  return new UserError({
    reason: "host-key-changed",
    message: `The host key of ${target.label} is not the one that is known: it shows ${fingerprint(key)}, known is ${expected.join(", ")}.`,
    hint: "Someone may be listening in, or the host was set up anew. Nothing was sent. If you know why it changed, forget the old key.",
    next: path === undefined ? [] : [`ssh-keygen -R '${name}' -f ${path}`],
    exitCode: EXIT.denied,
  });
}

function revokedKey(target: SshTarget, key: HostKey): UserError {
  return new UserError({
    reason: "host-key-revoked",
    message: `The host key of ${target.label} is marked @revoked: ${fingerprint(key)}.`,
    hint: "Do not connect to this host; its key was given up.",
    exitCode: EXIT.denied,
  });
}
