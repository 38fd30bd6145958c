import type { Emit } from "../../events.ts";
import { fileStatus } from "../../store/file-status.ts";
import { NO_CACHE, openHashCache } from "../../store/hash-cache.ts";
import { changedWhileRead, type ContentFile, isRead, readAhead } from "../../store/hash-files.ts";
import { contentHash } from "../../store/manifest.ts";
import { scanDirectory } from "../../store/scan-directory.ts";
import { SMALL } from "../../store/small-file.ts";
import { isSameStamp } from "../../store/stamp.ts";

/** What is pushed, as the manifest will say it; what its blocks are is known as far as it was read. */
export interface Content {
  readonly files: readonly ContentFile[];
  readonly emptyDirectories: readonly string[];
  readonly bytes: number;
  /** Is every block known? */
  readonly isRead: () => boolean;
  /** Over everything that the manifest says of files; only when all is read. */
  readonly hash: () => string;
  /** Reads on in files of which `worth` says so; resolves when none is left. */
  readonly read: (worth: (file: ContentFile) => boolean) => Promise<void>;
  /** Ends reading that is under way. */
  readonly close: () => void;
  /** Rejects if a file is not any more what it was when it was listed; small ones were looked at when they were read. */
  readonly settle: () => Promise<void>;
  /** Keeps for the next push what was read and has settled. */
  readonly keep: () => Promise<void>;
}

export interface ContentOptions {
  readonly directory: string;
  readonly copyLinks: boolean;
  /** A directory of this machine where hashes are kept; absent: every file is read. */
  readonly cache?: string;
  readonly emit: Emit;
  readonly signal: AbortSignal;
}

/**
 * Lists a directory and begins to read it: until somebody says what is worth reading, that goes on from the first large file. To
 * open a small one costs more than to hash it, and it will be opened once more if it is sent.
 */
export async function openContent(options: ContentOptions): Promise<Content> {
  const { directory, copyLinks, emit } = options;
  const stop = new AbortController();
  const signal = AbortSignal.any([options.signal, stop.signal]);
  const began = BigInt(Date.now()) * 1_000_000n;
  const { files: local, emptyDirectories } = await scanDirectory(directory, { copyLinks });
  const cache = options.cache === undefined ? NO_CACHE : await openHashCache(options.cache, directory);
  const files = local.map((file) => cache.recall(file));
  const bytes = local.reduce((sum, { size }) => sum + size, 0);
  const unread = files.filter((file) => !isRead(file));
  const progress = readProgress(directory, unread, files.length, emit);
  let hash: string | undefined;
  let worth = (_file: ContentFile): boolean => true;
  const pass = (some: readonly ContentFile[]): Promise<void> =>
    readAhead(some, { signal, goOn: (file) => worth(file), onBytes: (count) => progress.read(count) });
  const first = pass(unread.filter(({ size }) => size > SMALL));
  first.catch(() => undefined);
  return {
    files,
    emptyDirectories,
    bytes,
    isRead: () => files.every(isRead),
    hash: () => (hash ??= contentHash({ files, emptyDirectories })),
    async read(judge) {
      worth = judge;
      await first;
      // Those that were given up before may be worth it now.
      await pass(unread);
      progress.done();
    },
    close: () => stop.abort(new Error("nobody needs it any more")),
    async settle() {
      await checkStill(unread.filter(({ size }) => size > SMALL));
    },
    async keep() {
      if (unread.length > 0) await cache.keep(files, began);
    },
  };
}

async function checkStill(files: readonly ContentFile[]): Promise<void> {
  const paths = files.map(({ local }) => local.absolute);
  await fileStatus(paths, "stat", (status, index) => {
    const file = files[index];
    if (file !== undefined && (status instanceof Error || !isSameStamp(status, file.local.stamp)))
      throw changedWhileRead(file.path);
  });
}

/** Tells of the reading that comes before sending; what is read while it is sent shows as sent. */
function readProgress(directory: string, unread: readonly ContentFile[], count: number, emit: Emit) {
  const label = `read ${directory}`;
  const total = unread.reduce((sum, { size }) => sum + size, 0);
  let done = 0;
  let ended = false;
  emit({ type: "step", id: "read", state: "started", label });
  return {
    read(bytes: number) {
      done += bytes;
      if (!ended) emit({ type: "progress", id: "read", label, done, total, unit: "bytes" });
    },
    done() {
      if (ended) return;
      ended = true;
      const noun = count === 1 ? "file" : "files";
      emit({ type: "step", id: "read", state: "done", label, detail: `${count} ${noun}` });
    },
  };
}
