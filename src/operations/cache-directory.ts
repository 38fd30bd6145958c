import { accessSync, constants, lstatSync, mkdirSync } from "node:fs";
import os from "node:os";
import path from "node:path";

/**
 * Where what can be made again is kept on this machine, made if need be: `$XDG_CACHE_HOME/bertops`, or, where the home
 * directory can't be written, one of the user's own among the temporary files.
 */
export function cacheDirectory(environment: Readonly<Record<string, string | undefined>>): string {
  const named = environment["XDG_CACHE_HOME"];
  const base =
    named !== undefined && named !== "" ? named : path.join(environment["HOME"] ?? os.homedir(), ".cache");
  const wished = path.join(base, "bertops");
  try {
    return writable(wished);
  } catch (error) {
    if (!(error instanceof Error && "code" in error && CLOSED.has(String(error.code)))) throw error;
    const spare = path.join(os.tmpdir(), `bertops-${process.getuid?.() ?? 0}`);
    writable(spare);
    // Anybody may make a directory of that name there.
    const { uid } = lstatSync(spare);
    if (uid !== (process.getuid?.() ?? 0)) throw error;
    return spare;
  }
}

/** A home directory that is read-only, somebody else's, or nowhere. */
const CLOSED: ReadonlySet<string> = new Set(["EACCES", "EPERM", "EROFS", "ENOENT", "ENOTDIR"]);

function writable(directory: string): string {
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  accessSync(directory, constants.W_OK);
  return directory;
}
