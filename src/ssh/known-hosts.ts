import { createHmac } from "node:crypto";
import { type HostKey, hostKeyFromLine } from "./host-key.ts";

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
  if (patterns.startsWith("|")) return matchesHash(patterns, name);
  let matched = false;
  for (const pattern of patterns.split(",")) {
    const negated = pattern.startsWith("!");
    if (!matchesPattern(negated ? pattern.slice(1) : pattern, name)) continue;
    if (negated) return false;
    matched = true;
  }
  return matched;
}

function matchesHash(hashed: string, name: string): boolean {
  const [, version, salt, hash] = hashed.split("|");
  if (version !== "1" || salt === undefined || hash === undefined) return false;
  return createHmac("sha1", Buffer.from(salt, "base64")).update(name).digest("base64") === hash;
}

function matchesPattern(pattern: string, name: string): boolean {
  const source = pattern
    .toLowerCase()
    .replaceAll(/[.+^${}()|[\]\\]/gu, String.raw`\$&`)
    .replaceAll("*", ".*")
    .replaceAll("?", ".");
  return new RegExp(`^${source}$`, "u").test(name.toLowerCase());
}
