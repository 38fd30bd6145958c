import type { ContentFile } from "./hash-files.ts";
import { BLOCK_SIZE, fileHash, type Manifest, type ManifestFile } from "./manifest.ts";
import type { Arrived } from "./push-plan.ts";
import { type Piece, PIECE_SIZE } from "./transfer/pieces.ts";

/** What a directory of this machine holds that a version is fetched into. */
export interface Present {
  /** Files by their paths, with the hashes of their blocks as far as somebody wanted to know them. */
  readonly files: ReadonlyMap<string, ContentFile>;
  /** Paths of links, devices and the like, and of directories. */
  readonly others: ReadonlyMap<string, "link" | "special" | "directory">;
  /** What was fetched into it before. */
  readonly base?: Manifest;
  /** What lies in a fetch that was not finished: hashes of the blocks of each file. */
  readonly staged: Arrived;
}

/** Where this machine has a block. */
export interface LocalPlace {
  readonly file: ContentFile;
  readonly position: number;
}

/** A block of a file that is built. */
export interface Target {
  readonly file: ManifestFile;
  /** Of the block. */
  readonly index: number;
}

/** A block that is copied on this machine, or, where it has no source, all zeros over what is there. */
export interface LocalCopy extends Target {
  readonly source?: LocalPlace;
}

/** How a directory becomes what the manifest says. */
export interface PullPlan {
  /** Files that are there; `mode` says that theirs is another one. */
  readonly kept: readonly { readonly file: ManifestFile; readonly mode: boolean }[];
  /** Files that are there under a name that goes. */
  readonly moved: readonly { readonly file: ManifestFile; readonly from: string }[];
  /** Files that are put together before they get their names, and how many of their blocks are still to come. */
  readonly built: readonly { readonly file: ManifestFile; readonly missing: number }[];
  readonly copies: readonly LocalCopy[];
  /** What is fetched. Content that several places want is fetched for one of them. */
  readonly pieces: readonly Piece[];
  /** The other places, by the block's hash. */
  readonly alsoAt: ReadonlyMap<string, readonly Target[]>;
  /** Files that were fetched before and are not part of the version. */
  readonly removed: readonly string[];
  /** What is in the way and was not fetched, or was changed since. */
  readonly conflicts: readonly string[];
  readonly bytesFetched: number;
  /** Bytes that files need on the disk which are not there yet. */
  readonly bytesNeeded: number;
}

/** Decides what is kept, copied and fetched, and what must not be touched unless somebody says so. */
export function planPull(manifest: Manifest, present: Present): PullPlan {
  const wanted = new Map(manifest.files.map((file) => [file.path, file]));
  const base = new Map((present.base?.files ?? []).map((file) => [file.path, file]));
  const removed: string[] = [];
  for (const [path, old] of base) {
    const there = present.files.get(path);
    // What somebody made of it is his.
    if (!wanted.has(path) && there !== undefined && sameContent(there, old)) removed.push(path);
  }
  const conflicts = conflictsOf(wanted, present, { base, removed: new Set(removed) });
  const kept: { file: ManifestFile; mode: boolean }[] = [];
  const moved: { file: ManifestFile; from: string }[] = [];
  const leaving = new Map<string, string>();
  for (const path of removed) {
    const there = present.files.get(path);
    if (there !== undefined && there.size > 0) leaving.set(shapeOf(there), path);
  }
  const build = new Build(present);
  for (const file of manifest.files) {
    const there = present.files.get(file.path);
    if (there !== undefined && sameContent(there, file)) {
      kept.push({ file, mode: there.mode !== file.mode });
      continue;
    }
    const from = file.size === 0 ? undefined : leaving.get(shapeOf(file));
    if (from !== undefined && leaving.delete(shapeOf(file))) moved.push({ file, from });
    else build.add(file);
  }
  return { kept, moved, removed, conflicts, ...build.result() };
}

/** Files whose content matters to the plan: those of either version, and others that may be one of them under another name. */
export function worthHashing(
  files: readonly ContentFile[],
  manifest: Manifest,
  base: Manifest | undefined,
): readonly ContentFile[] {
  const wanted = new Map(manifest.files.map(({ path, size }) => [path, size]));
  const known = new Set((base?.files ?? []).map(({ path }) => path));
  const there = new Map(files.map(({ path, size }) => [path, size]));
  // Sizes of files that are certainly not where they should be.
  const sizes = new Set(
    manifest.files.filter(({ path, size }) => size > 0 && there.get(path) !== size).map(({ size }) => size),
  );
  return files.filter(({ path, size }) => wanted.has(path) || known.has(path) || sizes.has(size));
}

class Build {
  readonly #present: Present;
  readonly #sources = new Map<string, LocalPlace>();
  readonly #built: { file: ManifestFile; missing: number }[] = [];
  readonly #copies: LocalCopy[] = [];
  readonly #pieces: Piece[] = [];
  readonly #alsoAt = new Map<string, Target[]>();
  #bytesFetched = 0;
  #bytesNeeded = 0;

  constructor(present: Present) {
    this.#present = present;
    for (const file of present.files.values())
      for (const [index, hash] of file.blocks.entries())
        if (hash !== "") this.#sources.set(hash, { file, position: index * BLOCK_SIZE });
  }

  add(file: ManifestFile): void {
    const staged = this.#present.staged.get(file.path);
    let missing = 0;
    let run: { start: number; length: number } | undefined;
    const endRun = (): void => {
      if (run !== undefined) this.#pieces.push({ file, ...run });
      run = undefined;
    };
    for (const [index, hash] of file.blocks.entries()) {
      const position = index * BLOCK_SIZE;
      const size = Math.min(BLOCK_SIZE, file.size - position);
      const before = staged?.[index];
      const isHole = hash === ZEROS && before === undefined;
      if (before !== hash && !isHole) {
        missing++;
        this.#bytesNeeded += size;
      }
      if (before === hash || isHole || !this.#isFetched({ file, index }, hash)) {
        endRun();
        continue;
      }
      this.#bytesFetched += size;
      if (run !== undefined && run.length < PIECE_SIZE) run.length += size;
      else {
        endRun();
        run = { start: position, length: size };
      }
    }
    endRun();
    this.#built.push({ file, missing });
  }

  /** Finds a block on this machine if it can; otherwise, must it be fetched for this place? */
  #isFetched(target: Target, hash: string): boolean {
    if (hash === ZEROS) {
      this.#copies.push(target);
      return false;
    }
    const source = this.#sources.get(hash);
    if (source !== undefined) {
      this.#copies.push({ ...target, source });
      return false;
    }
    const others = this.#alsoAt.get(hash);
    if (others !== undefined) {
      others.push(target);
      return false;
    }
    this.#alsoAt.set(hash, []);
    return true;
  }

  result() {
    // Large files first, so that small ones fill the gaps at the end.
    const isLarge = ({ file }: Piece): boolean => file.size > PIECE_SIZE;
    const also = [...this.#alsoAt].filter(([, targets]) => targets.length > 0);
    return {
      built: this.#built,
      copies: this.#copies,
      pieces: [...this.#pieces.filter(isLarge), ...this.#pieces.filter((piece) => !isLarge(piece))],
      alsoAt: new Map(also),
      bytesFetched: this.#bytesFetched,
      bytesNeeded: this.#bytesNeeded,
    };
  }
}

/** The hash of a block of nothing but zeros. Where a file has no block yet, a hole will do. */
const ZEROS = "8a39d2abd3999ab73c34db2476849cddf303ce389b35826850f9a700589b4a90";

function conflictsOf(
  wanted: ReadonlyMap<string, ManifestFile>,
  { files, others }: Present,
  {
    base,
    removed,
  }: { readonly base: ReadonlyMap<string, ManifestFile>; readonly removed: ReadonlySet<string> },
): readonly string[] {
  const found = new Set<string>();
  for (const file of wanted.values()) {
    const there = files.get(file.path);
    const old = base.get(file.path);
    if (there !== undefined && !sameContent(there, file) && !(old !== undefined && sameContent(there, old)))
      found.add(file.path);
    const other = others.get(file.path);
    // A directory goes by itself when all that is in it goes.
    if (other === "link" || other === "special") found.add(file.path);
    for (const above of parentsOf(file.path)) {
      const way = others.get(above);
      if (way === "link" || way === "special" || (files.has(above) && !removed.has(above))) found.add(above);
    }
  }
  // What stays in a directory keeps a file from taking its place.
  for (const path of [...files.keys(), ...others.keys()])
    if (!removed.has(path) && others.get(path) !== "directory")
      for (const above of parentsOf(path)) if (wanted.has(above)) found.add(path);
  return [...found].toSorted();
}

function* parentsOf(path: string): Generator<string> {
  for (let at = path.indexOf("/"); at !== -1; at = path.indexOf("/", at + 1)) yield path.slice(0, at);
}

function sameContent(one: ManifestFile, other: ManifestFile): boolean {
  return (
    one.size === other.size &&
    one.blocks.length === other.blocks.length &&
    one.blocks.every((hash, index) => hash !== "" && hash === other.blocks[index])
  );
}

function shapeOf(file: ManifestFile): string {
  return `${fileHash(file)}:${file.size}:${file.mode}`;
}
