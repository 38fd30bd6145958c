import { type FileHandle, open } from "node:fs/promises";
import { changedWhileRead } from "../hash-files.ts";

/** Reads pieces of local files, keeping each file open while pieces of it are wanted. */
export interface LocalReader {
  read(path: string, into: Buffer, length: number, position: number): Promise<void>;
  close(): Promise<void>;
}

/** Most files that are open at once; the one that was not used for longest is closed first. */
const MOST_OPEN = 64;

/** `absolute` tells where a manifest's path lies on this machine. */
export function localReader(absolute: (path: string) => string): LocalReader {
  const handles = new Map<string, { handle: Promise<FileHandle>; users: number }>();
  const acquire = (path: string): { handle: Promise<FileHandle>; users: number } => {
    const entry = handles.get(path) ?? { handle: open(absolute(path), "r"), users: 0 };
    handles.delete(path);
    handles.set(path, entry);
    entry.users++;
    return entry;
  };
  const trim = async (): Promise<void> => {
    for (const [path, entry] of handles) {
      if (handles.size <= MOST_OPEN) return;
      if (entry.users > 0) continue;
      handles.delete(path);
      await entry.handle.then((handle) => handle.close()).catch(() => undefined);
    }
  };
  return {
    async read(path, into, length, position) {
      const entry = acquire(path);
      try {
        const handle = await entry.handle;
        let filled = 0;
        while (filled < length) {
          const { bytesRead } = await handle.read(into, filled, length - filled, position + filled);
          if (bytesRead === 0) throw changedWhileRead(path);
          filled += bytesRead;
        }
      } catch (error) {
        handles.delete(path);
        throw error;
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
