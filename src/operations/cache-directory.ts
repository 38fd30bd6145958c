import os from "node:os";
import path from "node:path";

/** Where what can be made again is kept on this machine: `$XDG_CACHE_HOME/bertops`. */
export function cacheDirectory(environment: Readonly<Record<string, string | undefined>>): string {
  const named = environment["XDG_CACHE_HOME"];
  const base =
    named !== undefined && named !== "" ? named : path.join(environment["HOME"] ?? os.homedir(), ".cache");
  return path.join(base, "bertops");
}
