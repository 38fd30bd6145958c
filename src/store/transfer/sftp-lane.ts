import type { ContentFile } from "../hash-files.ts";
import type { StoreFiles } from "../host.ts";
import { keepInFlight } from "./in-flight.ts";
import type { LaneHooks, RunLane } from "./lane.ts";
import { type Piece, PIECE_SIZE } from "./pieces.ts";

/** Bytes that one connection has under way: ten of OpenSSH's largest packets. More only fills its buffers. */
const BYTES_IN_FLIGHT = 10 * 261_120;

interface LaneOptions extends LaneHooks {
  readonly files: StoreFiles;
  /** Where a manifest's path lies on the host. */
  readonly remote: (path: string) => string;
}

/** A lane that writes below a directory of the host by SFTP. Blocks are not checked on arrival: the host hashes files afterwards. */
export function sftpLane(directory: string): RunLane {
  return async (host, hooks) => {
    const files = await host.files();
    await runLane({ ...hooks, files, remote: (path) => `${directory}/${path}` });
  };
}

/** Sends pieces over one connection until none is left; writes are pipelined. */
async function runLane(options: LaneOptions): Promise<void> {
  const handles = openFiles(options);
  try {
    await keepInFlight({
      ...options,
      bytes: BYTES_IN_FLIGHT,
      work: async (piece, buffer) =>
        options.onPiece(piece.length - (await sendPiece(piece, buffer, handles, options))),
    });
  } catch (error) {
    // The connection may live on; files must not stay open with it.
    await handles.closeAll().catch(() => undefined);
    throw error;
  }
  await handles.closeAll();
}

/** Resolves to the bytes that it sent. */
async function sendPiece(
  piece: Piece<ContentFile>,
  buffer: Buffer,
  handles: OpenFiles,
  options: LaneOptions,
): Promise<number> {
  const { files, source } = options;
  const { blocks } = await source.load(piece, () => buffer);
  if (blocks.length === 0 && piece.length > 0) return 0;
  const handle = await handles.open(piece);
  const writes: Promise<void>[] = [];
  let sent = 0;
  for (const { position, size, offset } of blocks) {
    await options.allow(size);
    for (let at = 0; at < size; at += files.writeSize) {
      const length = Math.min(files.writeSize, size - at);
      writes.push(
        files.write(handle, buffer, offset + at, length, position + at).then(() => options.onBytes(length)),
      );
    }
    sent += size;
  }
  // All settle before the buffer is used again.
  const settled = await Promise.allSettled(writes);
  const failed = settled.find((one) => one.status === "rejected");
  if (failed !== undefined) throw failed.reason;
  await handles.done(piece);
  return sent;
}

interface OpenFiles {
  open(piece: Piece): Promise<Buffer>;
  /** Closes a small file at once, and a large one when the lane has turned to another. */
  done(piece: Piece): Promise<void>;
  closeAll(): Promise<void>;
}

function openFiles({ files, remote }: LaneOptions): OpenFiles {
  const open = new Map<string, { handle: Promise<Buffer>; users: number }>();
  const close = async (path: string): Promise<void> => {
    const entry = open.get(path);
    open.delete(path);
    if (entry !== undefined) await files.close(await entry.handle);
  };
  return {
    open({ file }) {
      const entry = open.get(file.path) ?? {
        handle: files.openToWrite(remote(file.path), file.mode),
        users: 0,
      };
      open.set(file.path, entry);
      entry.users++;
      return entry.handle;
    },
    async done({ file }) {
      const entry = open.get(file.path);
      if (entry !== undefined) entry.users--;
      if (file.size <= PIECE_SIZE) {
        if (entry?.users === 0) await close(file.path);
        return;
      }
      for (const [path, { users }] of open) if (users === 0 && path !== file.path) await close(path);
    },
    async closeAll() {
      await Promise.all([...open.keys()].map(close));
    },
  };
}
