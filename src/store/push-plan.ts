import type { KnownContent } from "./known-content.ts";
import { BLOCK_SIZE, type ManifestFile } from "./manifest.ts";

/** What lies in an upload that was not finished: hashes of the blocks of each file. */
export type Arrived = ReadonlyMap<string, readonly string[]>;

/** A file that an older version has: linked, whatever it was called there. */
export interface LinkFile<F extends ManifestFile = ManifestFile> {
  readonly file: F;
  /** `versions/ID/PATH`. */
  readonly from: string;
}

/** A file that is built block by block: kept, copied on the host, or sent. */
export interface BuildFile<F extends ManifestFile = ManifestFile> {
  readonly file: F;
  /** Bytes to send; of blocks that were not read yet, all. */
  readonly bytesSent: number;
  readonly bytesCopied: number;
}

/** How an upload becomes what the manifest says. */
export interface PushPlan<F extends ManifestFile = ManifestFile> {
  readonly directories: readonly string[];
  /** Are there directories that no file implies? */
  readonly hasEmptyDirectories: boolean;
  readonly links: readonly LinkFile<F>[];
  readonly builds: readonly BuildFile<F>[];
  /** Bytes to send at most; exact where every file was read. */
  readonly bytesSent: number;
  /** Bytes that the host copies, as far as files were read. */
  readonly bytesCopied: number;
}

export interface PlanOptions {
  readonly known: KnownContent;
  readonly arrived?: Arrived;
  /** Can the host copy single blocks by itself? */
  readonly copies?: boolean;
  readonly emptyDirectories?: readonly string[];
}

/**
 * Decides what travels: a file that any known version has, under whatever name, is linked; of others, blocks that arrived
 * before are kept, blocks that a known version has anywhere are copied on the host, and the rest is sent.
 */
export function planPush<F extends ManifestFile>(files: readonly F[], options: PlanOptions): PushPlan<F> {
  const { known, arrived, copies, emptyDirectories = [] } = options;
  const links: LinkFile<F>[] = [];
  const builds: BuildFile<F>[] = [];
  for (const file of files) {
    const from = file.size === 0 || file.blocks.includes("") ? undefined : known.wholeOf(file);
    if (from !== undefined) {
      links.push({ file, from });
      continue;
    }
    const there = arrived?.get(file.path);
    let bytesSent = 0;
    let bytesCopied = 0;
    for (let index = 0; index < file.blocks.length; index++) {
      const hash = file.blocks[index] ?? "";
      const size = Math.min(BLOCK_SIZE, file.size - index * BLOCK_SIZE);
      if (hash !== "" && there?.[index] === hash) continue;
      if (hash !== "" && copies === true && known.placeOf(hash) !== undefined) bytesCopied += size;
      else bytesSent += size;
    }
    builds.push({ file, bytesSent, bytesCopied });
  }
  return {
    // Mostly nobody asks: the program on the host makes those that it needs.
    get directories() {
      return directoriesOf(files, emptyDirectories);
    },
    hasEmptyDirectories: emptyDirectories.length > 0,
    links,
    builds,
    bytesSent: builds.reduce((sum, one) => sum + one.bytesSent, 0),
    bytesCopied: builds.reduce((sum, one) => sum + one.bytesCopied, 0),
  };
}

/** Every directory that there must be, outer ones first. */
function directoriesOf(files: readonly ManifestFile[], others: readonly string[]): readonly string[] {
  const found = new Set<string>();
  let last = "";
  for (const { path } of files) {
    const end = path.lastIndexOf("/");
    // Neighbours in the list are mostly neighbours in a directory.
    if (end <= 0 || (end === last.length && path.startsWith(last))) continue;
    last = path.slice(0, end);
    addWithOuter(found, last);
  }
  for (const directory of others) addWithOuter(found, directory);
  return [...found].toSorted();
}

function addWithOuter(found: Set<string>, directory: string): void {
  // Those above it were found with it.
  for (
    let one = directory;
    one !== "" && !found.has(one);
    one = one.slice(0, Math.max(0, one.lastIndexOf("/")))
  )
    found.add(one);
}
