import { BLOCK_SIZE, type Manifest, type ManifestFile } from "./manifest.ts";

/** What lies in an upload that was not finished: hashes of the blocks of each file. */
export type Arrived = ReadonlyMap<string, readonly string[]>;

/** Part of a file to send, in bytes; runs of neighbouring blocks are one. */
export interface SendRange {
  readonly file: ManifestFile;
  readonly start: number;
  readonly length: number;
}

/** A file that an older version has: linked, whatever it was called there. */
export interface LinkFile {
  readonly file: ManifestFile;
  /** `versions/ID/PATH`. */
  readonly from: string;
}

/** How an upload becomes what the manifest says. */
export interface PushPlan {
  readonly directories: readonly string[];
  readonly links: readonly LinkFile[];
  readonly sends: readonly SendRange[];
  /** Empty files, which no range would create. */
  readonly empty: readonly ManifestFile[];
  readonly bytesSent: number;
  readonly bytesReused: number;
}

/**
 * Decides what travels: a file that any known version has, under whatever name, is linked; blocks that arrived before are
 * kept; the rest is sent.
 */
export function planPush(
  files: readonly ManifestFile[],
  known: readonly Manifest[],
  arrived: Arrived = new Map(),
): PushPlan {
  const sources = new Map<string, string>();
  for (const manifest of known)
    for (const file of manifest.files)
      if (file.size > 0) sources.set(contentKey(file), `versions/${manifest.version}/${file.path}`);
  const links: LinkFile[] = [];
  const sends: SendRange[] = [];
  const empty: ManifestFile[] = [];
  for (const file of files) {
    const from = sources.get(contentKey(file));
    if (file.size === 0) empty.push(file);
    else if (from !== undefined) links.push({ file, from });
    else sends.push(...missingRanges(file, arrived.get(file.path) ?? []));
  }
  const bytes = files.reduce((sum, { size }) => sum + size, 0);
  const bytesSent = sends.reduce((sum, { length }) => sum + length, 0);
  return {
    directories: directoriesOf(files),
    links,
    sends,
    empty,
    bytesSent,
    bytesReused: bytes - bytesSent,
  };
}

/** Runs of blocks that are not there yet, or not as they should be. */
export function missingRanges(file: ManifestFile, arrived: readonly string[]): readonly SendRange[] {
  const ranges: SendRange[] = [];
  let start = -1;
  for (let block = 0; block <= file.blocks.length; block++) {
    const there = block === file.blocks.length || arrived[block] === file.blocks[block];
    if (!there && start === -1) start = block * BLOCK_SIZE;
    if (there && start !== -1) {
      ranges.push({ file, start, length: Math.min(block * BLOCK_SIZE, file.size) - start });
      start = -1;
    }
  }
  return ranges;
}

function contentKey(file: ManifestFile): string {
  return `${file.sha256}:${file.size}:${file.mode}`;
}

/** Every directory that the files lie in, outer ones first. */
function directoriesOf(files: readonly ManifestFile[]): readonly string[] {
  const found = new Set<string>();
  for (const { path } of files) {
    const parts = path.split("/");
    for (let depth = 1; depth < parts.length; depth++) found.add(parts.slice(0, depth).join("/"));
  }
  return [...found].toSorted();
}
