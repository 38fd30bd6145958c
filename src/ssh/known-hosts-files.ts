import { appendFile, mkdir, readFile } from "node:fs/promises";
import path from "node:path";
import { EXIT, UserError } from "../errors.ts";
import { keysOf, knownHostLine, parseKnownHosts } from "./known-hosts.ts";
import type { KnownHostsFiles } from "./trust.ts";

/** Which files are read, and which one new keys are written to. */
export interface KnownHostsPaths {
  readonly read: readonly string[];
  readonly write: string;
  /** The person named the file, so that what ssh's configuration names does not count. */
  readonly only?: boolean;
}

const MACHINES = "/etc/ssh/ssh_known_hosts";

/**
 * The files for this call: the one that `--known-hosts` or `BERTOPS_KNOWN_HOSTS` names, and only it; otherwise ssh's own
 * ones, which bertops reads, and bertops' own, which it writes.
 */
export function knownHostsPaths(
  named: string | undefined,
  environment: Readonly<Record<string, string | undefined>>,
): KnownHostsPaths {
  const only = named ?? environment["BERTOPS_KNOWN_HOSTS"];
  if (only !== undefined && only !== "") return { read: [only], write: only, only: true };
  const home = environment["HOME"] ?? environment["USERPROFILE"] ?? "/";
  const settings = environment["XDG_CONFIG_HOME"] ?? path.join(home, ".config");
  const own = path.join(settings, "bertops", "known_hosts");
  return { read: [own, path.join(home, ".ssh", "known_hosts"), MACHINES], write: own };
}

/** Opens the files; they are read anew for each host, because another bertops may write them meanwhile. */
export function knownHostsFiles(paths: KnownHostsPaths): KnownHostsFiles {
  return {
    path: paths.write,
    async keysOf(names, files) {
      const read = paths.only === true || files === undefined ? paths.read : [...files, MACHINES];
      const texts = await Promise.all(read.map(readIfThere));
      return keysOf(texts.flatMap(parseKnownHosts), names);
    },
    async remember(names, key, files) {
      const [name] = names;
      const write = paths.only === true || files === undefined ? paths.write : files[0];
      if (name === undefined || write === undefined) return;
      await mkdir(path.dirname(write), { recursive: true, mode: 0o700 });
      const before = await readIfThere(write);
      const separator = before === "" || before.endsWith("\n") ? "" : "\n";
      await appendFile(write, `${separator}${knownHostLine(name, key)}`, { mode: 0o600 });
    },
  };
}

async function readIfThere(file: string): Promise<string> {
  try {
    return await readFile(file, "utf8");
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return "";
    throw new UserError({
      reason: "known-hosts-unreadable",
      message: `Cannot read ${file}: ${error instanceof Error ? error.message : String(error)}`,
      hint: "Host keys are checked against this file; make it readable or name another with --known-hosts.",
      exitCode: EXIT.usage,
      cause: error,
    });
  }
}
