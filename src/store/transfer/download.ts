import { hash } from "node:crypto";
import { type FileHandle, open } from "node:fs/promises";
import { UserError } from "../../errors.ts";
import type { Dial, StoreFiles, StoreHost } from "../host.ts";
import { BLOCK_SIZE, type ManifestFile } from "../manifest.ts";
import { runLanes } from "./lanes.ts";
import { type Piece, PIECE_SIZE, PieceQueue, pieces } from "./pieces.ts";
import { rateLimit } from "./rate-limit.ts";
import { laneLimits, type LinkOptions } from "./upload.ts";

export interface DownloadOptions {
  readonly host: StoreHost;
  readonly dial: Dial;
  readonly files: readonly ManifestFile[];
  /** Where a file lies on the host, and where it goes on this machine. Its directory exists. */
  readonly remote: (path: string) => string;
  readonly local: (path: string) => string;
  readonly link: LinkOptions;
  readonly signal: AbortSignal;
  readonly onBytes: (count: number, connections: number) => void;
}

/** Pieces that one connection reads at once. */
const AT_ONCE = 6;

/** Fetches files by SFTP over as many connections as the link is worth; every block is checked before it is written. */
export async function download(options: DownloadOptions): Promise<void> {
  const { host, dial, link, signal } = options;
  const all = pieces(options.files);
  const queue = new PieceQueue(all);
  const done = { left: queue.length };
  const limit = rateLimit(link.bandwidth, signal);
  await runLanes({
    host,
    dial,
    ...laneLimits(host, all, link),
    signal,
    left: () => done.left,
    queue,
    async work(lane) {
      const files = await lane.host.files();
      const state: { failed: boolean } = { failed: false };
      const worker = async (): Promise<void> => {
        const buffer = Buffer.allocUnsafeSlow(PIECE_SIZE);
        while (!state.failed && !lane.stopped()) {
          const piece = queue.take();
          if (piece === undefined) return;
          try {
            await limit.allow(piece.length);
            await fetchPiece(piece, buffer, files, options);
          } catch (error) {
            queue.giveBack(piece);
            state.failed = true;
            throw error;
          }
          done.left--;
          lane.alive(piece.length);
          options.onBytes(piece.length, lane.count());
        }
      };
      await Promise.all(Array.from({ length: AT_ONCE }, worker));
    },
  });
}

async function fetchPiece(
  { file, start, length }: Piece,
  buffer: Buffer,
  files: StoreFiles,
  { remote, local }: DownloadOptions,
): Promise<void> {
  if (length === 0) {
    await (await openLocal(local(file.path), file.mode)).close();
    return;
  }
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
