import path from "node:path";
import { EXIT, UserError } from "../errors.ts";
import type { SshConfig } from "./config-files.ts";
import { type HostSettings, settingsFor } from "./config-settings.ts";
import { proxyCommand } from "./proxy-command.ts";
import { type HostWord, keyNamesOf, parseHostWord, type SshTarget } from "./target.ts";
import { expandTokens } from "./tokens.ts";

export { openSshConfig } from "./config-files.ts";

export interface ResolveOptions {
  readonly home: string;
  /** The name of the person at this machine, whom ssh logs in as by default. */
  readonly localUser: string;
  /** For `${NAME}` in file names. */
  readonly environment?: Readonly<Record<string, string | undefined>>;
  /** `--identity`: offered first. */
  readonly identity?: string;
  /** `--jump`: instead of what the configuration says. */
  readonly jump?: string;
  /** `--ssh-user`: unless the word itself names a user. */
  readonly user?: string;
  /** The user where neither the word nor the configuration names one. */
  readonly defaultUser?: string;
  readonly defaultPort?: number;
  /** Told what the configuration says and bertops does not follow. */
  readonly onLeftOut?: (message: string) => void;
}

/** Completes what a person typed (`gpu-box`, `me@10.0.0.5:2222`) with ssh's configuration. */
export function resolveHost(word: string, config: SshConfig, options: ResolveOptions): SshTarget {
  return resolve(parseHostWord(word), word, config, options, { depth: 0, first: true });
}

/** Completes the words of `--jump`, outermost first. */
export function resolveJumps(jump: string, config: SshConfig, options: ResolveOptions): readonly SshTarget[] {
  if (jump === "" || jump === "none") return [];
  return jumpsOf(jump, config, options, 1);
}

interface Position {
  readonly depth: number;
  /** The way to the first hop is its own affair; later ones are reached through the hop before. */
  readonly first: boolean;
}

function resolve(
  word: HostWord,
  label: string,
  config: SshConfig,
  options: ResolveOptions,
  { depth, first }: Position,
): SshTarget {
  if (depth > 8)
    throw new UserError({
      reason: "ssh-config",
      message: `The jump hosts of ${label} lead in a circle.`,
      hint: "See ProxyJump in ~/.ssh/config.",
      exitCode: EXIT.usage,
    });
  const typedUser = word.user ?? (depth === 0 ? options.user : undefined);
  const said = settingsFor(config, {
    originalHost: word.host,
    user: typedUser,
    localUser: options.localUser,
  });
  for (const line of said.leftOut) options.onLeftOut?.(line);
  const host = expandTokens(said.one("hostname") ?? "%h", { "%": "%", h: word.host }).toLowerCase();
  const port = word.port ?? Number(said.one("port") ?? options.defaultPort ?? 22);
  const user = typedUser ?? said.one("user") ?? options.defaultUser ?? options.localUser;
  const tokens = {
    "%": "%",
    d: options.home,
    h: host,
    k: said.one("hostkeyalias") ?? word.host,
    n: word.host,
    p: String(port),
    r: user,
    u: options.localUser,
  };
  const file = (name: string): string => expandFile(name, tokens, options);
  const identity = options.identity === undefined ? [] : [file(options.identity)];
  const agent = said.one("identityagent");
  const target: SshTarget = {
    host,
    port,
    user,
    label,
    keyNames: keyNamesOf(said.one("hostkeyalias") ?? host, port, said.one("hostkeyalias") !== undefined),
    identities: [...new Set([...identity, ...said.all("identityfile").map(file)])].filter(isNamed),
    jumps: [],
    ...(said.one("identitiesonly")?.toLowerCase() === "yes" ? { identitiesOnly: true } : {}),
    ...(agent === undefined || agent === "SSH_AUTH_SOCK" ? {} : { agent: agentOf(agent, file, options) }),
    ...knownHostsOf(said, file),
  };
  const { identity: _own, jump: _theirs, user: _user, ...others } = options;
  const next = options.identity === undefined ? others : { ...others, identity: options.identity };
  if (depth === 0 && options.jump !== undefined)
    return { ...target, jumps: options.jump === "none" ? [] : jumpsOf(options.jump, config, next, 1) };
  if (!first) return target;
  const jump = said.one("proxyjump");
  if (jump !== undefined && jump.toLowerCase() !== "none")
    return { ...target, jumps: jumpsOf(jump, config, next, depth + 1) };
  const command = said.raw("proxycommand");
  if (command === undefined || command.toLowerCase() === "none") return target;
  return { ...target, transport: proxyCommand(expandTokens(command, tokens)) };
}

function jumpsOf(
  jump: string,
  config: SshConfig,
  options: ResolveOptions,
  depth: number,
): readonly SshTarget[] {
  return jump.split(",").flatMap((name, index) => {
    const hop = name.trim().replace(/^ssh:\/\//u, "");
    const target = resolve(parseHostWord(hop), hop, config, options, { depth, first: index === 0 });
    // A jump host that needs a jump itself brings its own ahead of it.
    return [...target.jumps, { ...target, jumps: [] }];
  });
}

/** What the configuration says about host keys. */
function knownHostsOf(
  said: HostSettings,
  file: (name: string) => string,
): Pick<SshTarget, "knownHosts" | "strictness"> {
  const files = said.all("userknownhostsfile");
  const strictness = said.one("stricthostkeychecking")?.toLowerCase();
  return {
    ...(files.length === 0 ? {} : { knownHosts: files.filter(isNamed).map(file) }),
    ...(strictness === "yes" ? { strictness: "known-only" } : {}),
    ...(strictness === "accept-new" || strictness === "no" || strictness === "off"
      ? { strictness: "accept-new" }
      : {}),
  };
}

function agentOf(agent: string, file: (name: string) => string, options: ResolveOptions): string {
  if (agent.toLowerCase() === "none") return "none";
  return agent.startsWith("$") && !agent.startsWith("${")
    ? (options.environment?.[agent.slice(1)] ?? "none")
    : file(agent);
}

function expandFile(name: string, tokens: Readonly<Record<string, string>>, options: ResolveOptions): string {
  const named = name.replaceAll(
    /\$\{(?<variable>\w+)\}/gu,
    (_whole, variable: string) => options.environment?.[variable] ?? "",
  );
  const expanded = expandTokens(named.replace(/^~(?=$|\/)/u, options.home), tokens);
  return path.isAbsolute(expanded) || expanded === "none" ? expanded : path.resolve(expanded);
}

function isNamed(file: string): boolean {
  return file.toLowerCase() !== "none";
}
