import { EXIT, UserError } from "../errors.ts";
import type { Transport } from "./transport.ts";

/** What a person writes after `--host`: `[USER@]HOST[:PORT]`, IPv6 in brackets. */
export interface HostWord {
  readonly host: string;
  readonly user?: string;
  readonly port?: number;
}

/** A host to log in to, with everything that the command line and ssh's configuration say about it. */
export interface SshTarget {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  /** How messages call it: the word that the person typed, or an instance id. */
  readonly label: string;
  /** Under which names its host key is known: an instance id, or `host` and `[host]:port`. */
  readonly keyNames: readonly string[];
  /** Private key files to offer, in order. */
  readonly identities: readonly string[];
  /** Hosts to go through, outermost first. */
  readonly jumps: readonly SshTarget[];
  /** Instead of a TCP connection, where there are no jumps. */
  readonly transport?: Transport;
  /** Offer only the keys that are named: files, and the agent's keys that belong to them. */
  readonly identitiesOnly?: boolean;
  /** The agent's socket instead of the environment's; `none` for no agent. */
  readonly agent?: string;
  /** Files of host keys instead of the usual ones; new keys go to the first. */
  readonly knownHosts?: readonly string[];
  /** What happens to a key that is not known: a person is asked, unless this says otherwise. */
  readonly strictness?: "known-only" | "accept-new";
}

/** Reads `[USER@]HOST[:PORT]`. */
export function parseHostWord(word: string): HostWord {
  const at = word.lastIndexOf("@");
  const user = at === -1 ? undefined : word.slice(0, at);
  const rest = word.slice(at + 1);
  const match = /^(?:\[(?<six>[0-9A-Fa-f:.%\w]+)\]|(?<name>[^:[\]\s]+))(?::(?<port>\d{1,5}))?$/u.exec(rest);
  const host = match?.groups?.["six"] ?? match?.groups?.["name"] ?? (isBareIpv6(rest) ? rest : undefined);
  const port = match?.groups?.["port"] === undefined ? undefined : Number(match.groups["port"]);
  if (
    host === undefined ||
    host.startsWith("-") ||
    user === "" ||
    (port !== undefined && (port < 1 || port > 65_535))
  )
    throw new UserError({
      reason: "bad-host",
      message: `${JSON.stringify(word)} is not a host.`,
      hint: "Write [USER@]HOST[:PORT], an IPv6 address in brackets.",
      exitCode: EXIT.usage,
    });
  return { host, ...(user === undefined ? {} : { user }), ...(port === undefined ? {} : { port }) };
}

/** The names that OpenSSH files a host key under. */
export function keyNamesOf(host: string, port: number, isAlias = false): readonly string[] {
  // A HostKeyAlias stands for itself, whatever the port.
  if (isAlias) return [host.toLowerCase()];
  return [port === 22 ? host.toLowerCase() : `[${host.toLowerCase()}]:${port}`];
}

function isBareIpv6(word: string): boolean {
  return /^[0-9A-Fa-f:.]+(?:%\w+)?$/u.test(word) && word.split(":").length > 2;
}
