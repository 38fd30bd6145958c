import { readFile } from "node:fs/promises";
import path from "node:path";
import type { Emit } from "../../events.ts";
import type { Destination } from "../../store/destination/destination.ts";
import { scanDestination } from "../../store/destination/scan.ts";
import { findStaged, type Staging } from "../../store/destination/staging.ts";
import { type HashCache, NO_CACHE, openHashCache } from "../../store/hash-cache.ts";
import { type ContentFile, isRead, readAhead, unread } from "../../store/hash-files.ts";
import { MANIFEST_NAME } from "../../store/layout.ts";
import { type Manifest, type ManifestFile, parseManifest } from "../../store/manifest.ts";
import { pause } from "../../store/pause.ts";
import type { Arrived } from "../../store/push-plan.ts";
import { type Present, worthHashing } from "../../store/pull-plan.ts";
import { changedAt } from "../../store/stamp.ts";

/** What was fetched into a directory before; undefined where nothing was, or another model. */
export async function baseIn(
  { directory, exists }: Destination,
  model: string,
): Promise<Manifest | undefined> {
  if (!exists) return undefined;
  try {
    const base = parseManifest(await readFile(path.join(directory, MANIFEST_NAME), "utf8"));
    return base.model === model ? base : undefined;
  } catch {
    // There is none, or somebody damaged it: then nothing is known of what is there.
    return undefined;
  }
}

export interface LookOptions {
  readonly base: Manifest | undefined;
  /** A directory of this machine where hashes are kept; absent: every file is read. */
  readonly cache?: string;
  readonly emit: Emit;
  readonly signal: AbortSignal;
}

/** Looks at what a directory holds of a version, hashing what may be of use. */
export async function lookAt(
  { directory, exists }: Destination,
  manifest: Manifest,
  { base, cache, emit, signal }: LookOptions,
): Promise<{ readonly present: Omit<Present, "staged">; readonly cache: HashCache }> {
  const hashes = cache === undefined ? NO_CACHE : await openHashCache(cache, directory);
  const known = base === undefined ? {} : { base };
  if (!exists) return { present: { files: new Map(), others: new Map(), ...known }, cache: hashes };
  const began = BigInt(Date.now()) * 1_000_000n;
  const { files: listed, others } = await scanDestination(directory, signal);
  const files = listed.map((file) => hashes.recall(file));
  const toRead = worthHashing(files, manifest, base).filter((file) => !isRead(file));
  const progress = readProgress(directory, emit);
  await readAhead(toRead, { signal, onBytes: (count) => progress.read(count) });
  progress.done();
  if (toRead.length > 0) await hashes.keep(files, began);
  return {
    present: { files: new Map(files.map((file) => [file.path, file])), others, ...known },
    cache: hashes,
  };
}

/** What an earlier fetch into the same place left, by the hashes of its blocks. */
export async function findBegun(
  { tree }: Staging,
  files: readonly ManifestFile[],
  { emit, signal }: { readonly emit: Emit; readonly signal: AbortSignal },
): Promise<Arrived> {
  const progress = readProgress(tree, emit);
  const found = await findStaged(tree, files, { signal, onBytes: (count) => progress.read(count) });
  progress.done();
  return found;
}

/** Tells of reading, if there is anything to read. */
function readProgress(directory: string, emit: Emit) {
  const step = { id: "read", label: `read ${directory}` } as const;
  let done = 0;
  return {
    read(count: number) {
      if (done === 0) emit({ type: "step", ...step, state: "started" });
      done += count;
      emit({ type: "progress", ...step, done, unit: "bytes" });
    },
    done() {
      if (done > 0) emit({ type: "step", ...step, state: "done" });
    },
  };
}

/** Bytes that take longer to read than the cache wants a file to be left alone before it believes in it, in milliseconds. */
const WORTH_WAITING = 64_000_000;
const LEFT_ALONE = 110;

/** Keeps what is known of a version that was fetched for the next time. */
export async function remember(
  { files, bytes }: Manifest,
  { directory }: Destination,
  { cache, signal }: { readonly cache: HashCache; readonly signal: AbortSignal },
): Promise<void> {
  if (cache === NO_CACHE) return;
  const began = BigInt(Date.now()) * 1_000_000n;
  const leftAlone = bytes < WORTH_WAITING ? undefined : pause(LEFT_ALONE, signal);
  leftAlone?.catch(() => undefined);
  const { files: there } = await scanDestination(directory, signal);
  const wanted = new Map(files.map((file) => [file.path, file]));
  const known = there.flatMap((local): ContentFile[] => {
    const file = wanted.get(local.path);
    // Whoever wrote to it since it got its name left a later time.
    if (file === undefined || file.size !== local.size || changedAt(local.stamp) > began) return [];
    return [{ ...unread(local), blocks: [...file.blocks] }];
  });
  await leftAlone;
  await cache.keep(known, BigInt(Date.now()) * 1_000_000n);
}
