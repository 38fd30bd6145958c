import { hash } from "node:crypto";
import { type FileHandle, open } from "node:fs/promises";
import { UserError } from "../../errors.ts";
import type { Dial, StoreFiles, StoreHost } from "../host.ts";
import { BLOCK_SIZE, type ManifestFile } from "../manifest.ts";
import { laneCount } from "./lane-count.ts";
import { type Piece, PIECE_SIZE, pieces } from "./pieces.ts";

export interface DownloadOptions {
  readonly host: StoreHost;
  readonly dial: Dial;
  readonly files: readonly ManifestFile[];
  /** Where a file lies on the host, and where it goes on this machine. Its directory exists. */
  readonly remote: (path: string) => string;
  readonly local: (path: string) => string;
  readonly connections?: number;
  readonly signal: AbortSignal;
  readonly onBytes: (count: number, connections: number) => void;
}

/** Pieces that one connection reads at once. */
const AT_ONCE = 6;

/** Fetches files by SFTP over as many connections as the link is worth; every block is checked before it is written. */
export async function download(options: DownloadOptions): Promise<void> {
  const sends = options.files
    .filter(({ size }) => size > 0)
    .map((file) => ({ file, start: 0, length: file.size }));
  const empty = options.files.filter(({ size }) => size === 0);
  const queue = [...pieces({ sends, copies: [], empty })].toReversed();
  const files = await options.host.files();
  const wanted = laneCount({ roundTrip: await files.roundTrip(), pieces: queue, most: options.connections });
  const state: { lanes: number; failed: boolean } = { lanes: 0, failed: false };
  const lane = async (from: StoreFiles): Promise<void> => {
    state.lanes++;
    const work = async (): Promise<void> => {
      const buffer = Buffer.allocUnsafeSlow(PIECE_SIZE);
      for (let piece = queue.pop(); piece !== undefined && !state.failed; piece = queue.pop()) {
        options.signal.throwIfAborted();
        await fetchPiece(piece, buffer, from, options);
        options.onBytes(piece.length, state.lanes);
      }
    };
    try {
      await Promise.all(Array.from({ length: AT_ONCE }, work));
    } catch (error) {
      state.failed = true;
      throw error;
    }
  };
  const extra = Array.from({ length: wanted - 1 }, async () => {
    // A server that turns further logins away only makes it slower.
    const host = await options.dial().catch(() => undefined);
    if (host === undefined) return;
    try {
      await lane(await host.files());
    } finally {
      host.close();
    }
  });
  await Promise.all([lane(files), ...extra]);
}

async function fetchPiece(
  { file, start, length }: Piece,
  buffer: Buffer,
  files: StoreFiles,
  { remote, local }: DownloadOptions,
): Promise<void> {
  const handle = await files.openToRead(remote(file.path));
  try {
    const reads: Promise<void>[] = [];
    for (let at = 0; at < length; at += files.writeSize)
      reads.push(readFully(files, handle, buffer, at, Math.min(files.writeSize, length - at), start));
    await Promise.all(reads);
  } finally {
    await files.close(handle);
  }
  for (let at = 0; at < length; at += BLOCK_SIZE) {
    const block = buffer.subarray(at, Math.min(at + BLOCK_SIZE, length));
    if (hash("sha256", block, "hex") !== file.blocks[(start + at) / BLOCK_SIZE]) throw damaged(file.path);
  }
  const target = await openLocal(local(file.path), file.mode);
  try {
    await target.write(buffer, 0, length, start);
  } finally {
    await target.close();
  }
}

async function readFully(
  files: StoreFiles,
  handle: Buffer,
  buffer: Buffer,
  at: number,
  length: number,
  start: number,
): Promise<void> {
  for (let done = 0; done < length;) {
    const count = await files.read(handle, buffer, at + done, length - done, start + at + done);
    // Shorter than its manifest says: the hash will tell.
    if (count === 0) return;
    done += count;
  }
}

/** Opens without truncating: pieces of one file arrive in any order. */
async function openLocal(file: string, mode: number): Promise<FileHandle> {
  try {
    return await open(file, "r+");
  } catch {
    const created = await open(file, "a", mode);
    await created.close();
    return open(file, "r+");
  }
}

function damaged(path: string): UserError {
  return new UserError({
    reason: "version-damaged",
    message: `${path} in the store is not what its manifest says.`,
    hint: "Push the model again, or use another version.",
    next: ["bertops models verify"],
  });
}
