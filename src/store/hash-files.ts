import { createHash, webcrypto } from "node:crypto";
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
 * Hashes files and their blocks; the answer is in the files' order. Blocks are hashed in the thread pool; a large file's own
 * hash is a chain, which runs here a megabyte (about half a millisecond) at a time.
 */
export async function hashFiles(
  files: readonly LocalFile[],
  options: HashOptions,
): Promise<readonly ManifestFile[]> {
  const hashed: ManifestFile[] = Array.from({ length: files.length });
  let next = 0;
  const work = async (): Promise<void> => {
    for (let index = next++; index < files.length; index = next++) {
      const file = files[index];
      if (file !== undefined) hashed[index] = await hashFile(file, options);
    }
  };
  await Promise.all(Array.from({ length: Math.min(AT_ONCE, files.length) }, work));
  return hashed;
}

async function hashFile(file: LocalFile, options: HashOptions): Promise<ManifestFile> {
  const handle = await open(file.absolute, "r").catch((error: unknown) => {
    throw unreadable(file.path, error);
  });
  try {
    return await read(file, handle, options);
  } finally {
    await handle.close();
  }
}

async function read(file: LocalFile, handle: FileHandle, options: HashOptions): Promise<ManifestFile> {
  const whole = createHash("sha256");
  const large = file.size > BLOCK_SIZE;
  const blocks: string[] = [];
  const buffers = [Buffer.allocUnsafeSlow(STRIDE), Buffer.allocUnsafeSlow(STRIDE)];
  let position = 0;
  let before: Promise<readonly string[]> = Promise.resolve([]);
  for (let turn = 0; position <= file.size; turn++) {
    options.signal.throwIfAborted();
    const buffer = buffers[turn % 2] ?? Buffer.alloc(STRIDE);
    const filled = await fill(handle, buffer, position);
    // Only now is the other buffer free again.
    blocks.push(...(await before));
    before = Promise.resolve([]);
    if (filled === 0) break;
    const chunk = buffer.subarray(0, filled);
    before = hashBlocks(chunk);
    if (large) whole.update(chunk);
    position += filled;
    options.onBytes?.(filled);
  }
  blocks.push(...(await before));
  const after = await handle.stat();
  if (position !== file.size || after.size !== file.size || after.mtimeMs !== file.mtimeMs)
    throw changedWhileRead(file.path);
  const [first] = blocks;
  const sha256 = large || first === undefined ? whole.digest("hex") : first;
  return { path: file.path, size: file.size, mode: file.mode, sha256, blocks };
}

async function hashBlocks(chunk: Buffer): Promise<readonly string[]> {
  const digests: Promise<ArrayBuffer>[] = [];
  for (let at = 0; at < chunk.length; at += BLOCK_SIZE)
    digests.push(
      webcrypto.subtle.digest("SHA-256", chunk.subarray(at, Math.min(at + BLOCK_SIZE, chunk.length))),
    );
  return (await Promise.all(digests)).map((digest) => Buffer.from(digest).toString("hex"));
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
