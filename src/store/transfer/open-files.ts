import { closeSync, openSync, readSync } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import { unreadable } from "../hash-files.ts";
import type { LocalFile } from "../scan-directory.ts";

/** Reads pieces of local files, keeping large ones open while pieces of them are wanted. */
export interface OpenFiles {
  /** Resolves to the bytes that were read: fewer than asked for only at the end of the file. */
  read(file: LocalFile, into: Buffer, length: number, position: number): Promise<number>;
  close(): Promise<void>;
}

/** Most files that stay open; the one that was not used for longest is closed first. */
const MOST_OPEN = 64;
/** Up to here three calls that block for microseconds are cheaper than three turns of the thread pool. */
const SMALL = 64 * 1024;

/** Opens none yet. */
export function openFiles(): OpenFiles {
  const handles = new Map<string, { handle: Promise<FileHandle>; users: number }>();
  const trim = async (): Promise<void> => {
    for (const [name, entry] of handles) {
      if (handles.size <= MOST_OPEN) return;
      if (entry.users > 0) continue;
      handles.delete(name);
      await entry.handle.then((handle) => handle.close()).catch(() => undefined);
    }
  };
  return {
    async read(file, into, length, position) {
      if (file.size <= SMALL) return readAtOnce(file, into, length, position);
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
        return filled;
      } finally {
        entry.users--;
        await trim();
      }
    },
    async close() {
      const all = [...handles.values()];
      handles.clear();
      await Promise.all(all.map(({ handle }) => handle.then((one) => one.close()).catch(() => undefined)));
    },
  };
}

function readAtOnce(file: LocalFile, into: Buffer, length: number, position: number): number {
  let handle: number;
  try {
    handle = openSync(file.absolute, "r");
  } catch (error) {
    throw unreadable(file.path, error);
  }
  try {
    return readSync(handle, into, 0, length, position);
  } finally {
    closeSync(handle);
  }
}
