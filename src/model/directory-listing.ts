import { opendir, stat } from "node:fs/promises";
import path from "node:path";
import { unreadable } from "./unreadable.ts";

/** What lies in a directory, links followed; what cannot be read is left out. */
export interface DirectoryListing {
  readonly directory: string;
  /** Sizes by name, in the order of the names. */
  readonly files: ReadonlyMap<string, number>;
  readonly directories: readonly string[];
}

/** A directory with more entries is no model; the rest is not looked at. */
const MOST_ENTRIES = 10_000;

/** Lists a directory; throws UserError where it cannot be read. */
export async function listDirectory(directory: string): Promise<DirectoryListing> {
  const names: string[] = [];
  try {
    for await (const entry of await opendir(directory)) {
      names.push(entry.name);
      if (names.length === MOST_ENTRIES) break;
    }
  } catch (error) {
    throw unreadable(directory, error);
  }
  const files = new Map<string, number>();
  const directories: string[] = [];
  for (const name of names.toSorted()) {
    // A dangling or circular link is nothing that a model could be read from.
    const status = await stat(path.join(directory, name)).catch(() => undefined);
    if (status?.isFile() === true) files.set(name, status.size);
    else if (status?.isDirectory() === true) directories.push(name);
  }
  return { directory, files, directories };
}
