import { type FileHandle, open } from "node:fs/promises";
import { changedWhileRead, isStill, readSmall, unreadable } from "../hash-files.ts";
import type { LocalFile } from "../scan-directory.ts";
import { SMALL, smallFiles } from "../small-file.ts";

/** Reads pieces of local files, keeping large ones open while pieces of them are wanted. */
export interface OpenFiles {
  /**
   * The bytes that were read: fewer than asked for only at the end of the file. Small files are read at once. Rejects where a small
   * file is not any more what was listed; of larger ones other parts may change when this one was read.
   */
  read(file: LocalFile, into: Buffer, length: number, position: number): number | Promise<number>;
  /** Can files of this size be read without any wait? */
  isQuick(size: number): boolean;
  /** Fills a buffer of a small file's size. Throws where the file is not any more what was listed. */
  readAtOnce(file: LocalFile, into: Buffer): void;
  close(): Promise<void>;
}

/** Most files that stay open; the one that was not used for longest is closed first. */
const MOST_OPEN = 64;

/** Opens none yet. */
export function openFiles(): OpenFiles {
  const small = smallFiles();
  const handles = new Map<string, { handle: Promise<FileHandle>; users: number }>();
  const trim = async (): Promise<void> => {
    for (const [name, entry] of handles) {
      if (handles.size <= MOST_OPEN) return;
      if (entry.users > 0) continue;
      handles.delete(name);
      await entry.handle.then((handle) => handle.close()).catch(() => undefined);
    }
  };
  const readPart = async (
    file: LocalFile,
    into: Buffer,
    length: number,
    position: number,
  ): Promise<number> => {
    const entry = handles.get(file.path) ?? {
      handle: open(file.absolute, "r").catch((error: unknown) => {
        throw unreadable(file.path, error);
      }),
      users: 0,
    };
    handles.delete(file.path);
    handles.set(file.path, entry);
    entry.users++;
    try {
      const handle = await entry.handle;
      let filled = 0;
      while (filled < length) {
        const { bytesRead } = await handle.read(into, filled, length - filled, position + filled);
        if (bytesRead === 0) break;
        filled += bytesRead;
      }
      if (file.size <= SMALL && !(await isStill(file, handle))) throw changedWhileRead(file.path);
      return filled;
    } finally {
      entry.users--;
      await trim();
    }
  };
  return {
    read(file, into, length, position) {
      if (!small.isQuick(file.size)) return readPart(file, into, length, position);
      return readSmall(file, small, into.subarray(0, length));
    },
    isQuick: small.isQuick,
    readAtOnce(file, into) {
      if (readSmall(file, small, into) < file.size) throw changedWhileRead(file.path);
    },
    async close() {
      const all = [...handles.values()];
      handles.clear();
      await Promise.all(all.map(({ handle }) => handle.then((one) => one.close()).catch(() => undefined)));
    },
  };
}
