import { BLOCK_SIZE, fileHash, type Manifest, type ManifestFile } from "./manifest.ts";

/** What lies in an upload that was not finished: hashes of the blocks of each file. */
export type Arrived = ReadonlyMap<string, readonly string[]>;

/** Part of a file to send, in bytes; runs of neighbouring blocks are one. */
export interface SendRange {
  readonly file: ManifestFile;
  readonly start: number;
  readonly length: number;
}

/** Part of a file that an older version has, perhaps under another name or elsewhere in it. */
export interface CopyRange extends SendRange {
  readonly source: {
    /** `versions/ID/PATH`. */
    readonly path: string;
    readonly start: number;
  };
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
  readonly copies: readonly CopyRange[];
  /** Empty files, which no range would create. */
  readonly empty: readonly ManifestFile[];
  readonly bytesSent: number;
  readonly bytesReused: number;
}

export interface PlanOptions {
  /** Manifests of versions in the store, the best one to build on last. */
  readonly known: readonly Manifest[];
  readonly arrived?: Arrived;
  /** Directories that no file implies. */
  readonly emptyDirectories?: readonly string[];
  /** Can the host copy single blocks by itself? */
  readonly copies?: boolean;
}

/**
 * Decides what travels: a file that any known version has, under whatever name, is linked; blocks that arrived before are
 * kept; blocks that a known version has anywhere are copied on the host; the rest is sent.
 */
export function planPush(files: readonly ManifestFile[], options: PlanOptions): PushPlan {
  const { known, arrived = new Map(), emptyDirectories = [] } = options;
  const wholes = new Map<string, string>();
  for (const manifest of known)
    for (const file of manifest.files)
      if (file.size > 0) wholes.set(contentKey(file), `versions/${manifest.version}/${file.path}`);
  const links: LinkFile[] = [];
  const missing: SendRange[] = [];
  const empty: ManifestFile[] = [];
  for (const file of files) {
    const from = wholes.get(contentKey(file));
    if (file.size === 0) empty.push(file);
    else if (from !== undefined) links.push({ file, from });
    else missing.push(...missingRanges(file, arrived.get(file.path) ?? []));
  }
  const { sends, copies } =
    options.copies === true ? splitRanges(missing, blockPlaces(known)) : { sends: missing, copies: [] };
  const bytes = files.reduce((sum, { size }) => sum + size, 0);
  const bytesSent = sends.reduce((sum, { length }) => sum + length, 0);
  return {
    directories: directoriesOf([
      ...files.map(({ path }) => path),
      ...emptyDirectories.map((one) => `${one}/`),
    ]),
    links,
    sends,
    copies,
    empty,
    bytesSent,
    bytesReused: bytes - bytesSent,
  };
}

interface BlockPlace {
  readonly path: string;
  readonly start: number;
}

/** Where each block can be had. Only the last manifests count: more would cost memory and bring little. */
function blockPlaces(known: readonly Manifest[]): ReadonlyMap<string, BlockPlace> {
  const places = new Map<string, BlockPlace>();
  for (const manifest of known.slice(-2))
    for (const file of manifest.files)
      for (const [index, hash] of file.blocks.entries())
        places.set(hash, { path: `versions/${manifest.version}/${file.path}`, start: index * BLOCK_SIZE });
  return places;
}

/** Parts what must be sent from what the host has; neighbours that stay neighbours are one range. */
function splitRanges(
  missing: readonly SendRange[],
  places: ReadonlyMap<string, BlockPlace>,
): { readonly sends: readonly SendRange[]; readonly copies: readonly CopyRange[] } {
  const sends: SendRange[] = [];
  const copies: CopyRange[] = [];
  for (const { file, start, length } of missing)
    for (let at = start; at < start + length; at += BLOCK_SIZE) {
      const size = Math.min(BLOCK_SIZE, start + length - at);
      const place = places.get(file.blocks[at / BLOCK_SIZE] ?? "");
      const list: SendRange[] = place === undefined ? sends : copies;
      const last = list.at(-1);
      const joins =
        last?.file === file &&
        last.start + last.length === at &&
        (place === undefined || continues(copies.at(-1), place));
      if (joins) list[list.length - 1] = { ...last, length: last.length + size };
      else if (place === undefined) sends.push({ file, start: at, length: size });
      else copies.push({ file, start: at, length: size, source: place });
    }
  return { sends, copies };
}

function continues(last: CopyRange | undefined, place: BlockPlace): boolean {
  return (
    last !== undefined && last.source.path === place.path && last.source.start + last.length === place.start
  );
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
  return `${fileHash(file)}:${file.size}:${file.mode}`;
}

/** Every directory on the way to these paths, outer ones first. */
function directoriesOf(paths: readonly string[]): readonly string[] {
  const found = new Set<string>();
  for (const path of paths) {
    const parts = path.split("/");
    for (let depth = 1; depth < parts.length; depth++) found.add(parts.slice(0, depth).join("/"));
  }
  return [...found].toSorted();
}
