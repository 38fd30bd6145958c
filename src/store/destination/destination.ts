import { lstat, realpath, stat } from "node:fs/promises";
import path from "node:path";
import { EXIT, UserError } from "../../errors.ts";
import { INCOMING_NAME } from "../layout.ts";

/** Where a version goes on this machine, and where it lies until it is whole. */
export interface Destination {
  /** A real path where it is there. */
  readonly directory: string;
  readonly exists: boolean;
  /** On the same file system: beside what is not there yet, otherwise within it. */
  readonly staging: string;
}

/** Looks at the place that was named. Rejects where it is something else than a directory. */
export async function findDestination(named: string): Promise<Destination> {
  const link = await lstat(named).catch(absent);
  if (link === undefined) {
    const name = `.${path.basename(named)}.incoming`;
    return { directory: named, exists: false, staging: path.join(path.dirname(named), name) };
  }
  const there = await stat(named).catch(absent);
  if (there?.isDirectory() !== true)
    throw new UserError({
      reason: "not-a-directory",
      message: `${named} is ${there === undefined ? "a link to nothing" : "no directory"}.`,
      hint: "Name a directory, or one that does not exist yet.",
      exitCode: EXIT.usage,
    });
  const directory = await realpath(named);
  return { directory, exists: true, staging: path.join(directory, INCOMING_NAME) };
}

function absent(error: unknown): undefined {
  if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
  throw error;
}
