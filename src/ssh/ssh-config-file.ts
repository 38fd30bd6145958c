import { readFile } from "node:fs/promises";
import path from "node:path";
import SSHConfig from "ssh-config";
import { EXIT, UserError } from "../errors.ts";
import { type HostWord, keyNamesOf, parseHostWord, type SshTarget } from "./target.ts";

export interface ResolveOptions {
  readonly home: string;
  /** The name of the person at this machine, whom ssh logs in as by default. */
  readonly localUser: string;
  /** `--identity`: offered first. */
  readonly identity?: string;
  /** `--jump`: instead of what the configuration says. */
  readonly jump?: string;
  /** The user where neither the word nor the configuration names one. */
  readonly defaultUser?: string;
  readonly defaultPort?: number;
}

/** Reads `~/.ssh/config`; what is not there has no say. */
export async function openSshConfig(home: string): Promise<SSHConfig> {
  const file = path.join(home, ".ssh", "config");
  const text = await readFile(file, "utf8").catch(() => "");
  try {
    return SSHConfig.parse(text);
  } catch (error) {
    throw new UserError({
      reason: "ssh-config",
      message: `${file} cannot be read: ${error instanceof Error ? error.message : String(error)}`,
      hint: "Mend the file; `ssh -G HOST` shows what ssh makes of it.",
      exitCode: EXIT.usage,
      cause: error,
    });
  }
}

/** Completes what a person typed (`gpu-box`, `me@10.0.0.5:2222`) with ssh's configuration. */
export function resolveHost(word: string, config: SSHConfig, options: ResolveOptions): SshTarget {
  return resolve(parseHostWord(word), word, config, options, 0);
}

function resolve(
  word: HostWord,
  label: string,
  config: SSHConfig,
  options: ResolveOptions,
  depth: number,
): SshTarget {
  if (depth > 8)
    throw new UserError({
      reason: "ssh-config",
      message: `The jump hosts of ${label} lead in a circle.`,
      hint: "See ProxyJump in ~/.ssh/config.",
      exitCode: EXIT.usage,
    });
  const said = config.compute(word.host, { ignoreCase: true });
  const host = one(said, "hostname")?.replaceAll("%h", word.host) ?? word.host;
  const port = word.port ?? Number(one(said, "port") ?? options.defaultPort ?? 22);
  const files = many(said, "identityfile").map((file) => expand(file, options.home));
  const identity = options.identity === undefined ? [] : [expand(options.identity, options.home)];
  const jump = depth === 0 && options.jump !== undefined ? options.jump : one(said, "proxyjump");
  const { identity: _own, jump: _theirs, ...others } = options;
  const jumps =
    jump === undefined || jump === "none" || jump === ""
      ? []
      : jump.split(",").map((name) => {
          const hop = name.trim().replace(/^ssh:\/\//u, "");
          return resolve(
            parseHostWord(hop),
            hop,
            config,
            { ...others, ...(options.identity === undefined ? {} : { identity: options.identity }) },
            depth + 1,
          );
        });
  return {
    host,
    port,
    user: word.user ?? one(said, "user") ?? options.defaultUser ?? options.localUser,
    label,
    keyNames: keyNamesOf(one(said, "hostkeyalias") ?? host, port),
    identities: [...new Set([...identity, ...files])],
    // A jump host that needs a jump itself brings its own ahead of it.
    jumps: jumps.flatMap((hop) => [...hop.jumps, { ...hop, jumps: [] }]),
  };
}

type Computed = Readonly<Record<string, string | readonly string[]>>;

function many(said: Computed, name: string): readonly string[] {
  const found = Object.entries(said).find(([key]) => key.toLowerCase() === name)?.[1];
  return found === undefined ? [] : typeof found === "string" ? [found] : found;
}

function one(said: Computed, name: string): string | undefined {
  return many(said, name)[0];
}

function expand(file: string, home: string): string {
  return file.replace(/^~(?=$|\/)/u, home).replaceAll("%d", home);
}
