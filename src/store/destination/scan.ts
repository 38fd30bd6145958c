import { lstatSync, readdirSync } from "node:fs";
import path from "node:path";
import { EXIT, UserError } from "../../errors.ts";
import { INCOMING_NAME, MANIFEST_NAME } from "../layout.ts";
import { type LocalFile, localFile } from "../scan-directory.ts";
import { turns } from "../turns.ts";

/** What lies in a directory, with nothing followed. */
export interface Scan {
  readonly files: readonly LocalFile[];
  readonly others: ReadonlyMap<string, "link" | "special" | "directory">;
}

/** More is no model but a mistake: a home directory, say. */
const MOST_ENTRIES = 400_000;

/** Lists a directory as it is; what a fetch keeps there itself is left out. */
export async function scanDestination(directory: string, signal: AbortSignal): Promise<Scan> {
  const files: LocalFile[] = [];
  const others = new Map<string, "link" | "special" | "directory">();
  const left = [""];
  const turn = turns();
  for (let prefix = left.pop(); prefix !== undefined; prefix = left.pop()) {
    for (const name of readdirSync(path.join(directory, prefix))) {
      const relative = prefix === "" ? name : `${prefix}/${name}`;
      if (relative === MANIFEST_NAME || relative === INCOMING_NAME) continue;
      const absolute = path.join(directory, relative);
      const stats = lstatSync(absolute, { bigint: true, throwIfNoEntry: false });
      if (stats?.isDirectory() === true) {
        others.set(relative, "directory");
        left.push(relative);
      } else if (stats?.isFile() === true) files.push(localFile(relative, absolute, stats));
      else if (stats !== undefined) others.set(relative, stats.isSymbolicLink() ? "link" : "special");
      const over = turn();
      if (over === undefined) continue;
      signal.throwIfAborted();
      await over;
    }
    if (files.length + others.size > MOST_ENTRIES) throw tooMany(directory);
  }
  return { files, others };
}

function tooMany(directory: string): UserError {
  return new UserError({
    reason: "too-many-files",
    message: `${directory} holds more than ${MOST_ENTRIES} files.`,
    hint: "Is it the right directory?",
    exitCode: EXIT.usage,
  });
}
