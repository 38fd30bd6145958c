import { createHash } from "node:crypto";
import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import path from "node:path";
import { forgetOldest } from "./forget-oldest.ts";
import { type ContentFile, isRead, unread } from "./hash-files.ts";
import { BLOCK_SIZE } from "./manifest.ts";
import type { LocalFile } from "./scan-directory.ts";

/** Source directories that are remembered; the one that was not pushed for longest is forgotten first. */
const MOST_SOURCES = 32;
const HASH_LENGTH = 64;
/** Clocks of files tick in milliseconds, or where they show no parts of a second in whole ones (two on FAT). */
const GRAIN_NS = 100_000_000n;
const COARSE_GRAIN_NS = 2_000_000_000n;

/**
 * What the files of a directory were when they were last read, so that unchanged ones need not be read again. A file counts
 * as unchanged while device, inode, size and both times are the same to the nanosecond.
 */
export interface HashCache {
  /** The file with its blocks' hashes where they are known, otherwise unread. */
  recall(file: LocalFile): ContentFile;
  /** Keeps what was read since `began` (nanoseconds since 1970). Failing to do so is no failure. */
  keep(files: readonly ContentFile[], began: bigint): Promise<void>;
}

/** A cache that knows nothing. */
export const NO_CACHE: HashCache = { recall: unread, keep: () => Promise.resolve() };

/** Opens what is remembered of a source directory. A damaged file counts as none. */
export async function openHashCache(directory: string, source: string): Promise<HashCache> {
  const file = path.join(directory, `${createHash("sha256").update(source).digest("hex").slice(0, 24)}.json`);
  const known = parse(await readFile(file, "utf8").catch(() => ""));
  return {
    recall(local) {
      const entry = known.get(local.path);
      const count = Math.ceil(local.size / BLOCK_SIZE);
      if (entry?.stamp !== local.stamp || entry.hashes.length !== count * HASH_LENGTH) return unread(local);
      const blocks = Array.from({ length: count }, (_, index) =>
        entry.hashes.slice(index * HASH_LENGTH, (index + 1) * HASH_LENGTH),
      );
      return { ...unread(local), blocks };
    },
    async keep(files, began) {
      const entries = files
        .filter((one) => isRead(one) && isSettled(one.local, known.get(one.path)?.stamp, began))
        .map(({ path: name, local, blocks }) => [name, local.stamp, blocks.join("")]);
      try {
        await mkdir(directory, { recursive: true, mode: 0o700 });
        const beside = `${file}.${process.pid}`;
        await writeFile(beside, JSON.stringify({ format: 1, source, files: entries }), { mode: 0o600 });
        await rename(beside, file);
        await forgetOldest(directory, MOST_SOURCES);
      } catch {
        // The next push reads the files once more.
      }
    },
  };
}

/** A file that changed just before it was read may change again within the same tick of its clock. */
function isSettled({ changedAt, stamp }: LocalFile, before: string | undefined, began: bigint): boolean {
  if (stamp === before) return true;
  return changedAt + (changedAt % 1_000_000_000n === 0n ? COARSE_GRAIN_NS : GRAIN_NS) < began;
}

interface Entry {
  readonly stamp: string;
  readonly hashes: string;
}

function parse(text: string): ReadonlyMap<string, Entry> {
  const entries = new Map<string, Entry>();
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value !== "object" || value === null || !("format" in value && "files" in value))
      return entries;
    if (value.format !== 1 || !Array.isArray(value.files)) return entries;
    for (const row of value.files) {
      const [name, stamp, hashes]: readonly unknown[] = Array.isArray(row) ? row : [];
      if (typeof name === "string" && typeof stamp === "string" && typeof hashes === "string")
        if (/^[0-9a-f]*$/u.test(hashes)) entries.set(name, { stamp, hashes });
    }
  } catch {
    // None yet, or damaged.
  }
  return entries;
}
