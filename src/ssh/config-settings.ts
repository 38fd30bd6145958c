import type { SshConfig } from "./config-files.ts";
import type { ConfigLine } from "./config-text.ts";
import { matchesList } from "./patterns.ts";

/** What ssh's configuration says about one host; the first word on a subject counts. */
export interface HostSettings {
  /** The value, without quotes; undefined where nothing is said. */
  one(keyword: string): string | undefined;
  /** All words of all lines, for what adds up (IdentityFile) or is a list. */
  all(keyword: string): readonly string[];
  /** The line's text as it stands. */
  raw(keyword: string): string | undefined;
  /** What could not be decided and was left out. */
  readonly leftOut: readonly string[];
}

/** Who logs in where, as Host and Match look at it. */
export interface ConfigSubject {
  /** As the person typed it. */
  readonly originalHost: string;
  /** Where the person typed one. */
  readonly user?: string | undefined;
  readonly localUser: string;
}

/** What adds up over several lines. */
const ADDING = new Set(["identityfile", "certificatefile"]);
/** The two ways to somewhere: whichever is said first. */
const WAYS = new Set(["proxyjump", "proxycommand"]);

/** Evaluates the configuration for a host. `Match exec` and its like are left out: reading a file must not run anything. */
export function settingsFor(config: SshConfig, subject: ConfigSubject): HostSettings {
  const said = new Map<string, ConfigLine[]>();
  const leftOut: string[] = [];
  const set = (line: ConfigLine): void => {
    const before = said.get(line.keyword);
    if (before !== undefined) {
      if (ADDING.has(line.keyword)) before.push(line);
      return;
    }
    if (WAYS.has(line.keyword) && [...WAYS].some((way) => said.has(way))) return;
    said.set(line.keyword, [line]);
  };
  const one = (keyword: string): string | undefined => said.get(keyword)?.[0]?.words[0];
  const walk = (lines: readonly ConfigLine[], outer: boolean): void => {
    let active = outer;
    for (const line of lines) {
      if (line.keyword === "host") active = outer && matchesList(line.words, subject.originalHost);
      else if (line.keyword === "match") active = outer && matches(line, { subject, one, leftOut });
      else if (!active) continue;
      else if (line.keyword === "include") for (const file of line.included ?? []) walk(file, true);
      else set(line);
    }
  };
  for (const lines of config) walk(lines, true);
  return {
    one,
    all: (keyword) => (said.get(keyword) ?? []).flatMap(({ words }) => words),
    raw: (keyword) => said.get(keyword)?.[0]?.rest,
    leftOut,
  };
}

interface MatchContext {
  readonly subject: ConfigSubject;
  readonly one: (keyword: string) => string | undefined;
  readonly leftOut: string[];
}

function matches(line: ConfigLine, { subject, one, leftOut }: MatchContext): boolean {
  const { originalHost, localUser } = subject;
  const subjects: Readonly<Record<string, string>> = {
    host: one("hostname")?.replaceAll("%h", originalHost) ?? originalHost,
    originalhost: originalHost,
    user: subject.user ?? one("user") ?? localUser,
    localuser: localUser,
  };
  let matched = true;
  for (let at = 0; at < line.words.length; at += 1) {
    const word = line.words[at]!.toLowerCase();
    const negated = word.startsWith("!");
    const criterion = negated ? word.slice(1) : word;
    if (criterion === "all") {
      matched &&= !negated;
      continue;
    }
    const text = subjects[criterion];
    if (text === undefined) {
      leftOut.push(`${line.where}: "Match ${line.rest}" is not evaluated, and its settings do not count`);
      return false;
    }
    at += 1;
    matched &&= matchesList((line.words[at] ?? "").split(","), text) !== negated;
  }
  return matched;
}
