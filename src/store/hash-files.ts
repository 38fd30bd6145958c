import { hash } from "node:crypto";
import { type BigIntStats, fstatSync } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import { EXIT, UserError } from "../errors.ts";
import type { BlockMarks } from "./block-marks.ts";
import { BLOCK_SIZE, type ManifestFile } from "./manifest.ts";
import type { LocalFile } from "./scan-directory.ts";
import { SMALL, type SmallFiles, smallFiles } from "./small-file.ts";
import { isSameStamp } from "./stamp.ts";
import { turns } from "./turns.ts";

/** A file of this machine on its way into a manifest. Its blocks become known as they are read, in any order. */
export interface ContentFile extends ManifestFile {
  /** Empty where a block was not read yet. */
  readonly blocks: string[];
  readonly local: LocalFile;
  /** Where it was read before, or will be read again. */
  readonly marks?: BlockMarks;
}

export interface HashOptions {
  readonly signal: AbortSignal;
  /** Called with the bytes that were hashed since the last call. */
  readonly onBytes?: (count: number) => void;
  /** Asked before each megabyte: is it worth while to read on in this file? Default: always. */
  readonly goOn?: (file: ContentFile) => boolean;
}

/** Small files take longer to open than to hash, so several are open at once. */
const AT_ONCE = 8;
const STRIDE = 4 * BLOCK_SIZE;

/** A file of which nothing was read yet. */
export function unread(local: LocalFile): ContentFile {
  const { path, size, mode } = local;
  return { path, size, mode, blocks: Array<string>(Math.ceil(size / BLOCK_SIZE)).fill(""), local };
}

/** Makes a block known; `bytes` are all of it. */
export function hashBlock({ blocks, marks }: ContentFile, index: number, bytes: Buffer): void {
  blocks[index] = marks?.hash(index, bytes) ?? hash("sha256", bytes, "hex");
}

/** Are all its blocks known? */
export function isRead({ blocks }: ManifestFile): boolean {
  return !blocks.includes("");
}

/** Hashes the blocks of files; the answer is in the files' order. */
export async function hashFiles(
  files: readonly LocalFile[],
  options: HashOptions,
): Promise<readonly ContentFile[]> {
  const content = files.map(unread);
  await readAhead(content, options);
  return content;
}

/**
 * Hashes those blocks that are not known yet, as far as it is told to go on. It runs here, a megabyte (about a millisecond) at
 * a time: handing blocks to the thread pool costs more in copies than it gains.
 */
export async function readAhead(files: readonly ContentFile[], options: HashOptions): Promise<void> {
  let next = 0;
  const turn = turns();
  const small = smallFiles();
  const work = async (): Promise<void> => {
    const buffers = [Buffer.allocUnsafeSlow(STRIDE), Buffer.allocUnsafeSlow(STRIDE)];
    for (let file = files[next++]; file !== undefined; file = files[next++]) {
      if (isRead(file) || options.goOn?.(file) === false) continue;
      if (small.isQuick(file.size)) hashSmall(file, small, buffers[0] ?? Buffer.alloc(SMALL), options);
      else await readFile(file, buffers, options);
      const over = turn();
      if (over !== undefined) await over;
    }
  };
  await Promise.all(Array.from({ length: Math.min(AT_ONCE, files.length) }, work));
}

/** A file of one block, without any wait. */
function hashSmall(file: ContentFile, small: SmallFiles, buffer: Buffer, options: HashOptions): void {
  options.signal.throwIfAborted();
  const content = buffer.subarray(0, file.size);
  if (readSmall(file.local, small, content) < file.size) throw changedWhileRead(file.path);
  hashBlock(file, 0, content);
  options.onBytes?.(file.size);
}

/**
 * Fills a buffer from a small file; answers how many bytes it read, fewer only at the end. Throws where the file is not any more what was
 * listed.
 */
export function readSmall(file: LocalFile, small: SmallFiles, into: Buffer): number {
  let stats: BigIntStats | undefined;
  let filled = 0;
  try {
    filled = small.read(file.absolute, into, (descriptor) => {
      stats = fstatSync(descriptor, { bigint: true });
    });
  } catch (error) {
    throw unreadable(file.path, error);
  }
  if (stats === undefined || !isSameStamp(stats, file.stamp)) throw changedWhileRead(file.path);
  return filled;
}

async function readFile(file: ContentFile, buffers: Buffer[], options: HashOptions): Promise<void> {
  const handle = await open(file.local.absolute, "r").catch((error: unknown) => {
    throw unreadable(file.path, error);
  });
  try {
    if ((await hashAll(file, handle, buffers, options)) && !(await isStill(file.local, handle)))
      throw changedWhileRead(file.path);
  } finally {
    await handle.close();
  }
}

/** Resolves to whether it went to the end. */
async function hashAll(
  file: ContentFile,
  handle: FileHandle,
  buffers: Buffer[],
  options: HashOptions,
): Promise<boolean> {
  let position = file.blocks.indexOf("") * BLOCK_SIZE;
  // One buffer is filled while the other is hashed.
  let filling = fill(handle, buffers[0] ?? Buffer.alloc(STRIDE), position);
  for (let turn = 0; position < file.size; turn++) {
    const filled = await filling;
    options.signal.throwIfAborted();
    if (filled === 0) throw changedWhileRead(file.path);
    const chunk = buffers[turn % 2]?.subarray(0, filled) ?? Buffer.alloc(0);
    const following = position + filled;
    filling =
      following < file.size ? fill(handle, buffers[(turn + 1) % 2] ?? chunk, following) : Promise.resolve(0);
    for (let at = 0; at < filled; at += BLOCK_SIZE)
      hashBlock(file, (position + at) / BLOCK_SIZE, chunk.subarray(at, Math.min(at + BLOCK_SIZE, filled)));
    position = following;
    options.onBytes?.(filled);
    if (position < file.size && options.goOn?.(file) === false) {
      await filling;
      return false;
    }
  }
  return true;
}

async function fill(handle: FileHandle, buffer: Buffer, position: number): Promise<number> {
  let filled = 0;
  while (filled < buffer.length) {
    const { bytesRead } = await handle.read(buffer, filled, buffer.length - filled, position + filled);
    if (bytesRead === 0) break;
    filled += bytesRead;
  }
  return filled;
}

/** Is an open file still what it was when it was listed? */
export async function isStill(file: LocalFile, handle: FileHandle): Promise<boolean> {
  return isSameStamp(await handle.stat({ bigint: true }), file.stamp);
}

/** A file was written to while it was read or sent. */
export function changedWhileRead(path: string): UserError {
  return new UserError({
    reason: "file-changed",
    message: `${path} changed while it was read.`,
    hint: "Wait until whatever writes it is done, then run the same command again: it continues.",
    exitCode: EXIT.retry,
  });
}

/** A file cannot be opened here, though it was listed. */
export function unreadable(path: string, error: unknown): UserError {
  if (error instanceof Error && "code" in error && error.code === "ENOENT") return changedWhileRead(path);
  return new UserError({
    reason: "file-unreadable",
    message: `${path} cannot be read: ${error instanceof Error ? error.message : String(error)}`,
    hint: "See its permissions.",
    exitCode: EXIT.usage,
    cause: error,
  });
}
