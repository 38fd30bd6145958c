import { hash } from "node:crypto";
import { type FileHandle, open } from "node:fs/promises";
import { EXIT, UserError } from "../errors.ts";
import { BLOCK_SIZE, type ManifestFile } from "./manifest.ts";
import type { LocalFile } from "./scan-directory.ts";

export interface HashOptions {
  readonly signal: AbortSignal;
  /** Called with the bytes that were hashed since the last call. */
  readonly onBytes?: (count: number) => void;
}

/** Small files take longer to open than to hash, so several are open at once. */
const AT_ONCE = 8;
const STRIDE = 4 * BLOCK_SIZE;

/**
 * Hashes the blocks of files; the answer is in the files' order. It runs here, a megabyte (about a millisecond) at a time:
 * handing blocks to the thread pool costs more in copies than it gains.
 */
export async function hashFiles(
  files: readonly LocalFile[],
  options: HashOptions,
): Promise<readonly ManifestFile[]> {
  const hashed: ManifestFile[] = Array.from({ length: files.length });
  let next = 0;
  const work = async (): Promise<void> => {
    const buffers = [Buffer.allocUnsafeSlow(STRIDE), Buffer.allocUnsafeSlow(STRIDE)];
    for (let index = next++; index < files.length; index = next++) {
      const file = files[index];
      if (file !== undefined) hashed[index] = await hashFile(file, buffers, options);
    }
  };
  await Promise.all(Array.from({ length: Math.min(AT_ONCE, files.length) }, work));
  return hashed;
}

async function hashFile(file: LocalFile, buffers: Buffer[], options: HashOptions): Promise<ManifestFile> {
  const handle = await open(file.absolute, "r").catch((error: unknown) => {
    throw unreadable(file.path, error);
  });
  try {
    return await read(file, handle, buffers, options);
  } finally {
    await handle.close();
  }
}

async function read(
  file: LocalFile,
  handle: FileHandle,
  buffers: Buffer[],
  options: HashOptions,
): Promise<ManifestFile> {
  const blocks: string[] = [];
  let position = 0;
  // One buffer is filled while the other is hashed.
  let filling = fill(handle, buffers[0] ?? Buffer.alloc(STRIDE), 0);
  for (let turn = 0; position <= file.size; turn++) {
    options.signal.throwIfAborted();
    const filled = await filling;
    if (filled === 0) break;
    const chunk = buffers[turn % 2]?.subarray(0, filled) ?? Buffer.alloc(0);
    position += filled;
    filling =
      position < file.size ? fill(handle, buffers[(turn + 1) % 2] ?? chunk, position) : Promise.resolve(0);
    for (let at = 0; at < filled; at += BLOCK_SIZE)
      blocks.push(hash("sha256", chunk.subarray(at, Math.min(at + BLOCK_SIZE, filled)), "hex"));
    options.onBytes?.(filled);
  }
  const after = await handle.stat();
  if (position !== file.size || after.size !== file.size || after.mtimeMs !== file.mtimeMs)
    throw changedWhileRead(file.path);
  return { path: file.path, size: file.size, mode: file.mode, blocks };
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

/** A file was written to while it was read or sent. */
export function changedWhileRead(path: string): UserError {
  return new UserError({
    reason: "file-changed",
    message: `${path} changed while it was read.`,
    hint: "Wait until whatever writes it is done, then run the same command again: it continues.",
    exitCode: EXIT.retry,
  });
}

function unreadable(path: string, error: unknown): UserError {
  return new UserError({
    reason: "file-unreadable",
    message: `${path} cannot be read: ${error instanceof Error ? error.message : String(error)}`,
    hint: "See its permissions.",
    exitCode: EXIT.usage,
    cause: error,
  });
}
