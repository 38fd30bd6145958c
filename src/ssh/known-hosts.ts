import { createHmac } from "node:crypto";
import { type HostKey, hostKeyFromLine } from "./host-key.ts";
import { matchesList } from "./patterns.ts";

/** A line of a known_hosts file that could be read. */
export interface KnownHost {
  readonly marker: "revoked" | "cert-authority" | undefined;
  /** Comma-separated patterns, or one hashed name. */
  readonly names: string;
  readonly key: HostKey;
}

/** Keys that a name is known by, and keys that must not be accepted whatever the name. */
export interface KnownKeys {
  readonly trusted: readonly HostKey[];
  readonly revoked: readonly HostKey[];
}

/** Reads a known_hosts file. Lines that nobody could use (comments, unknown key types) are skipped, as ssh does. */
export function parseKnownHosts(text: string): readonly KnownHost[] {
  return text.split(/\r?\n/u).flatMap((line) => {
    const trimmed = line.trim();
    if (trimmed === "" || trimmed.startsWith("#")) return [];
    const marked = /^@(?<marker>revoked|cert-authority)\s+(?<rest>.*)$/u.exec(trimmed);
    const rest = marked?.groups?.["rest"] ?? trimmed;
    const space = rest.search(/\s/u);
    if (space === -1 || trimmed.startsWith("@") !== (marked !== null)) return [];
    const key = hostKeyFromLine(rest.slice(space));
    if (key === undefined) return [];
    return [{ marker: marked?.groups?.["marker"] as KnownHost["marker"], names: rest.slice(0, space), key }];
  });
}

/** What the entries say about a host that goes by any of these names. */
export function keysOf(entries: readonly KnownHost[], names: readonly string[]): KnownKeys {
  const matching = entries.filter((entry) => names.some((name) => matchesName(entry.names, name)));
  return {
    trusted: matching.filter(({ marker }) => marker === undefined).map(({ key }) => key),
    revoked: matching.filter(({ marker }) => marker === "revoked").map(({ key }) => key),
  };
}

/** The line that makes a key known. */
export function knownHostLine(name: string, key: HostKey): string {
  return `${name} ${key.type} ${key.blob.toString("base64")}\n`;
}

function matchesName(patterns: string, name: string): boolean {
  return patterns.startsWith("|")
    ? matchesHash(patterns, name)
    : matchesList(patterns.toLowerCase().split(","), name.toLowerCase());
}

function matchesHash(hashed: string, name: string): boolean {
  const [, version, salt, hash] = hashed.split("|");
  if (version !== "1" || salt === undefined || hash === undefined) return false;
  return createHmac("sha1", Buffer.from(salt, "base64")).update(name).digest("base64") === hash;
}
