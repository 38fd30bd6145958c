import { BLOCK_SIZE, fileHash, type Manifest, type ManifestFile } from "./manifest.ts";

/** Where the store has a block. */
export interface BlockPlace {
  /** `versions/ID/PATH`. */
  readonly path: string;
  readonly start: number;
}

/** An older state of a file. */
export interface OlderFile {
  /** `versions/ID/PATH`. */
  readonly path: string;
  readonly size: number;
}

/** What versions of the store have, for asking. */
export interface KnownContent {
  /** `versions/ID/PATH` of a file with this content and mode, whatever it is called there. */
  wholeOf(file: ManifestFile): string | undefined;
  placeOf(hash: string): BlockPlace | undefined;
  /** Is there an older state of what has this path? */
  hasPath(path: string): boolean;
  /** The newest older state of what has this path. */
  olderOf(path: string): OlderFile | undefined;
  /** Can the file, as far as it was read, still turn out to be one that is known as a whole? */
  mayBeWhole(file: ManifestFile): boolean;
}

/** Gathers what the given versions have; the best one to build on comes last. */
export function knownContent(manifests: readonly Manifest[]): KnownContent {
  const wholes = new Map<string, string>();
  const shapes = new Map<string, ManifestFile[]>();
  const places = new Map<string, BlockPlace>();
  const olders = new Map<string, OlderFile>();
  for (const { version, files } of manifests)
    for (const file of files) {
      if (file.size === 0) continue;
      const path = `versions/${version}/${file.path}`;
      olders.set(file.path, { path, size: file.size });
      wholes.set(`${fileHash(file)}:${shapeOf(file)}`, path);
      const alike = shapes.get(shapeOf(file));
      if (alike === undefined) shapes.set(shapeOf(file), [file]);
      else alike.push(file);
      for (const [index, hash] of file.blocks.entries())
        places.set(hash, { path, start: index * BLOCK_SIZE });
    }
  return {
    wholeOf: (file) => (wholes.size === 0 ? undefined : wholes.get(`${fileHash(file)}:${shapeOf(file)}`)),
    placeOf: (hash) => places.get(hash),
    hasPath: (path) => olders.has(path),
    olderOf: (path) => olders.get(path),
    mayBeWhole: (file) =>
      shapes.size > 0 && (shapes.get(shapeOf(file)) ?? []).some((one) => beginsAlike(file, one)),
  };
}

function shapeOf({ size, mode }: ManifestFile): string {
  return `${size}:${mode}`;
}

function beginsAlike(read: ManifestFile, other: ManifestFile): boolean {
  const end = read.blocks.indexOf("");
  const known = end === -1 ? read.blocks.length : end;
  // The last block tells more than the first ones, which are headers; all of them count.
  for (let index = known - 1; index >= 0; index--)
    if (read.blocks[index] !== other.blocks[index]) return false;
  return true;
}
