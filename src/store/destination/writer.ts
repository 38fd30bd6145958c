import {
  closeSync,
  constants,
  fchmodSync,
  fstatSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  writeSync,
} from "node:fs";
import { type FileHandle, mkdir, open } from "node:fs/promises";
import path from "node:path";
import type { ManifestFile } from "../manifest.ts";
import { SMALL } from "../small-file.ts";
import { writeFailure } from "./failures.ts";

/** Puts files together below a directory, from blocks that come in any order. */
export interface Writer {
  /** Says how many blocks of a file are still to come; it is complete when they are written. */
  expect(file: ManifestFile, blocks: number): Promise<void>;
  /** Writes some of them, whole ones. Small files are written at once, of others the end is awaited. */
  write(file: ManifestFile, position: number, data: Buffer, blocks: number): Promise<void> | undefined;
  /** Closes what is open. Whatever comes later is not written any more. */
  close(): Promise<void>;
}

/** Most files that stay open; the one that was not used for longest is closed first. */
const MOST_OPEN = 64;
/** Bytes after which what was written begins its way to the disk, so that the end has little left to wait for. */
const FLUSH = 32 * 1024 * 1024;

/** Nothing is written through a link. */
const KEEP = constants.O_RDWR | constants.O_CREAT | constants.O_NOFOLLOW;

interface Open {
  readonly handle: Promise<FileHandle>;
  users: number;
  dirty: number;
}

/** Opens none yet. */
export function openWriter(tree: string): Writer {
  const missing = new Map<string, number>();
  const opened = new Map<string, Open>();
  let closed = false;
  const placeOf = (file: ManifestFile): string => path.join(tree, file.path);
  const trim = async (): Promise<void> => {
    for (const [name, { handle, users }] of opened) {
      if (opened.size <= MOST_OPEN) return;
      if (users > 0) continue;
      opened.delete(name);
      await (await handle).close();
    }
  };
  const within = async <T>(
    file: ManifestFile,
    work: (handle: FileHandle, entry: Open) => Promise<T>,
  ): Promise<T> => {
    const entry = opened.get(file.path) ?? {
      handle: openLarge(placeOf(file), file.mode),
      users: 0,
      dirty: 0,
    };
    opened.delete(file.path);
    opened.set(file.path, entry);
    entry.users++;
    try {
      return await work(await entry.handle, entry);
    } catch (error) {
      throw writeFailure(placeOf(file), error);
    } finally {
      entry.users--;
      await trim();
    }
  };
  /** What was longer before, or ends in a hole, gets its length; the disk has it before it gets its name. */
  const complete = async (file: ManifestFile): Promise<void> => {
    await within(file, async (handle) => {
      await handle.truncate(file.size);
      await handle.chmod(modeLike((await handle.stat()).mode, file.mode));
      await handle.datasync();
    });
    const entry = opened.get(file.path);
    opened.delete(file.path);
    await (await entry?.handle)?.close();
  };
  return {
    async expect(file, blocks) {
      missing.set(file.path, blocks);
      if (blocks > 0) return;
      if (file.size <= SMALL) writeSmall(placeOf(file), file, undefined);
      else await complete(file);
    },
    write(file, position, data, blocks) {
      if (closed) return undefined;
      if (file.size <= SMALL) {
        writeSmall(placeOf(file), file, data);
        return undefined;
      }
      return within(file, async (handle, entry) => {
        for (let done = 0; done < data.length;)
          done += (await handle.write(data, done, data.length - done, position + done)).bytesWritten;
        entry.dirty += data.length;
        if (entry.dirty < FLUSH) return;
        entry.dirty = 0;
        await handle.datasync();
      }).then(() => {
        const left = (missing.get(file.path) ?? 0) - blocks;
        missing.set(file.path, left);
        return left === 0 ? complete(file) : undefined;
      });
    },
    async close() {
      closed = true;
      const all = [...opened.values()];
      opened.clear();
      await Promise.all(all.map(({ handle }) => handle.then((one) => one.close()).catch(() => undefined)));
    },
  };
}

/** A file of one block, or of none: all of it at once. Without data it is there, and only its length and mode are seen to. */
function writeSmall(place: string, { size, mode }: ManifestFile, data: Buffer | undefined): void {
  try {
    const handle = openInside(place, KEEP, mode);
    try {
      // One that an earlier fetch left may be of another mode.
      const there = fstatSync(handle);
      const wanted = modeLike(there.mode, mode);
      if ((there.mode & 0o777) !== wanted) fchmodSync(handle, wanted);
      if (there.size > size || (data === undefined && there.size !== size)) ftruncateSync(handle, size);
      if (data !== undefined) writeFully(handle, data);
    } finally {
      closeSync(handle);
    }
  } catch (error) {
    throw writeFailure(place, error);
  }
}

function writeFully(handle: number, data: Buffer): void {
  for (let done = 0; done < data.length;) done += writeSync(handle, data, done, data.length - done, done);
}

function openInside(place: string, flags: number, mode: number): number {
  try {
    return openSync(place, flags, mode);
  } catch (error) {
    if (!isAbsent(error)) throw error;
    mkdirSync(path.dirname(place), { recursive: true });
    return openSync(place, flags, mode);
  }
}

/** Opens without truncating: pieces of one file arrive in any order. */
async function openLarge(place: string, mode: number): Promise<FileHandle> {
  try {
    return await open(place, KEEP, mode);
  } catch (error) {
    if (!isAbsent(error)) throw error;
    await mkdir(path.dirname(place), { recursive: true });
    return open(place, KEEP, mode);
  }
}

function isAbsent(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "ENOENT";
}

/** Who may read it may execute it, or nobody, as the wanted mode says; the rest stays as the person's umask has it. */
export function modeLike(there: number, wanted: number): number {
  const own = there & 0o666;
  return (wanted & 0o111) === 0 ? own : own | ((own & 0o444) >> 2);
}
