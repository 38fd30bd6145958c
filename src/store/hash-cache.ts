import { createHash, randomBytes } from "node:crypto";
import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import path from "node:path";
import { BlockMarks, HASH_LENGTH, hashAt, KEY_SIZE, MARK_SIZE } from "./block-marks.ts";
import { forgetOldest } from "./forget-oldest.ts";
import { type ContentFile, isRead, unread } from "./hash-files.ts";
import { BLOCK_SIZE } from "./manifest.ts";
import type { LocalFile } from "./scan-directory.ts";
import { changedAt, stampText } from "./stamp.ts";

/** Source directories that are remembered; the one that was not pushed for longest is forgotten first. */
const MOST_SOURCES = 32;
/** Bytes of a file. What is smaller is hashed so soon that marks would not pay. */
const WORTH_MARKS = 1024 * 1024;
/** Clocks of files tick in milliseconds, or where they show no parts of a second in whole ones (two on FAT). */
const GRAIN_NS = 100_000_000n;
const COARSE_GRAIN_NS = 2_000_000_000n;
/** Stands for the state of a file that may have changed since: no file's. */
const UNSETTLED = "";

/**
 * What the files of a directory were when they were last read, so that unchanged ones need not be read again. A file counts
 * as unchanged while device, inode, size and both times are the same to the nanosecond.
 */
export interface HashCache {
  /** The file with its blocks' hashes where they are known; otherwise unread, but the blocks that it had before take less time. */
  recall(file: LocalFile): ContentFile;
  /** Keeps what was read since `began` (nanoseconds since 1970). Failing to do so is no failure. */
  keep(files: readonly ContentFile[], began: bigint): Promise<void>;
}

/** A cache that knows nothing. */
export const NO_CACHE: HashCache = { recall: unread, keep: () => Promise.resolve() };

/** Opens what is remembered of a source directory. A damaged file counts as none. */
export async function openHashCache(directory: string, source: string): Promise<HashCache> {
  const file = path.join(directory, `${createHash("sha256").update(source).digest("hex").slice(0, 24)}.json`);
  const { key, entries } = parse(await readFile(file, "utf8").catch(() => ""));
  return {
    recall(local) {
      const entry = entries.get(local.path);
      const count = Math.ceil(local.size / BLOCK_SIZE);
      const former = entry?.marks === undefined ? undefined : { hashes: entry.hashes, marks: entry.marks };
      const marks = local.size < WORTH_MARKS ? {} : { marks: new BlockMarks(key, count, former) };
      if (
        entry === undefined ||
        entry.stamp !== stampText(local.stamp) ||
        entry.hashes.length !== count * HASH_LENGTH
      )
        return { ...unread(local), ...marks };
      const blocks = Array.from({ length: count }, (_, index) => hashAt(entry.hashes, index));
      return { ...unread(local), ...marks, blocks };
    },
    async keep(files, began) {
      const rows = files.filter(isRead).map(({ path: name, local, blocks, marks }) => {
        const stamp = stampText(local.stamp);
        const kept = entries.get(name)?.stamp === stamp || isSettled(local, began) ? stamp : UNSETTLED;
        return [name, kept, blocks.join(""), marks?.marks.toString("base64")];
      });
      try {
        await mkdir(directory, { recursive: true, mode: 0o700 });
        const beside = `${file}.${process.pid}`;
        await writeFile(
          beside,
          JSON.stringify({ format: 1, source, key: key.toString("base64"), files: rows }),
          { mode: 0o600 },
        );
        await rename(beside, file);
        await forgetOldest(directory, MOST_SOURCES);
      } catch {
        // The next push reads the files once more.
      }
    },
  };
}

/** A file that changed just before it was read may change again within the same tick of its clock. */
function isSettled({ stamp }: LocalFile, began: bigint): boolean {
  const changed = changedAt(stamp);
  return changed + (changed % 1_000_000_000n === 0n ? COARSE_GRAIN_NS : GRAIN_NS) < began;
}

interface Entry {
  readonly stamp: string;
  readonly hashes: string;
  /** Absent of small files. */
  readonly marks?: Buffer;
}

interface Known {
  /** What marks are made with. */
  readonly key: Buffer;
  readonly entries: ReadonlyMap<string, Entry>;
}

function parse(text: string): Known {
  const entries = new Map<string, Entry>();
  const none = { key: randomBytes(KEY_SIZE), entries };
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value !== "object" || value === null || !("format" in value && "files" in value)) return none;
    if (value.format !== 1 || !Array.isArray(value.files)) return none;
    const found = "key" in value ? bytesOf(value.key) : undefined;
    const key = found?.length === KEY_SIZE ? found : undefined;
    for (const row of value.files) {
      const [name, stamp, hashes, marked]: readonly unknown[] = Array.isArray(row) ? row : [];
      if (typeof name !== "string" || typeof stamp !== "string" || typeof hashes !== "string") continue;
      if (!/^[0-9a-f]*$/u.test(hashes)) continue;
      const marks = key === undefined ? undefined : bytesOf(marked);
      const isWhole = marks !== undefined && marks.length / MARK_SIZE === hashes.length / HASH_LENGTH;
      entries.set(name, { stamp, hashes, ...(isWhole ? { marks } : {}) });
    }
    return key === undefined ? none : { key, entries };
  } catch {
    // None yet, or damaged.
  }
  return none;
}

function bytesOf(value: unknown): Buffer | undefined {
  return typeof value === "string" ? Buffer.from(value, "base64") : undefined;
}
