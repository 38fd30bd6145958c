import type { StoreFiles } from "../host.ts";
import { brokenFile } from "./broken-file.ts";
import type { FetchHooks, FetchLane } from "./fetch-lane.ts";
import { keepInFlight } from "./in-flight.ts";
import { type Piece, PIECE_SIZE } from "./pieces.ts";

/** Bytes that one connection has under way. */
const BYTES_IN_FLIGHT = 6 * PIECE_SIZE;

/** A lane that reads files by SFTP. `directory` is the version's. */
export function sftpFetchLane(directory: string): FetchLane {
  return async (host, hooks) => {
    const files = await host.files();
    await keepInFlight({
      ...hooks,
      bytes: BYTES_IN_FLIGHT,
      async work(piece, buffer) {
        await hooks.allow(piece.length);
        await readPiece(piece, buffer, { files, hooks, remote: `${directory}/${piece.file.path}` });
        await hooks.arrived(piece, buffer.subarray(0, piece.length));
      },
    });
  };
}

interface Reading {
  readonly files: StoreFiles;
  readonly hooks: FetchHooks;
  readonly remote: string;
}

async function readPiece({ file, start, length }: Piece, buffer: Buffer, reading: Reading): Promise<void> {
  const { files, remote } = reading;
  const handle = await files.openToRead(remote).catch((error: unknown) => {
    throw refusal(file.path, error);
  });
  try {
    const reads: Promise<void>[] = [];
    for (let at = 0; at < length; at += files.writeSize) {
      const part = buffer.subarray(at, Math.min(at + files.writeSize, length));
      reads.push(readFully(part, start + at, { ...reading, handle, path: file.path }));
    }
    // All settle before the buffer is used again.
    const failed = (await Promise.allSettled(reads)).find((one) => one.status === "rejected");
    if (failed !== undefined) throw failed.reason;
  } finally {
    await files.close(handle);
  }
}

async function readFully(
  part: Buffer,
  position: number,
  { files, hooks, handle, path }: Reading & { readonly handle: Buffer; readonly path: string },
): Promise<void> {
  for (let done = 0; done < part.length;) {
    const reading = files.read(handle, part, done, part.length - done, position + done);
    const count = await reading.catch((error: unknown) => {
      throw refusal(path, error);
    });
    if (count === 0) throw brokenFile(path);
    hooks.alive(count);
    done += count;
  }
}

/** SFTP says 2 for what is not there, 3 for what may not be read, 4 for anything else about files; 6 and 7 are about the connection. */
function refusal(path: string, error: unknown): unknown {
  if (!(error instanceof Error && "code" in error)) return error;
  if (error.code === 2) return brokenFile(path, "ENOENT");
  if (error.code === 3) return brokenFile(path, "EACCES");
  return error.code === 4 ? brokenFile(path, `EIO ${error.message}`) : error;
}
