import type { SFTPWrapper } from "ssh2";

/** SFTP's own flags: the words that ssh2 takes have none for "create, but keep what is there". */
const READ = 0x01;
const WRITE_OR_CREATE = 0x02 | 0x08;

/** An open file on the host. */
export type Handle = Buffer;

/** SFTP by promises. A lost connection rejects everything that is under way, which raw ssh2 does not always do. */
export interface Sftp {
  /** The longest write that the server takes in one packet. */
  readonly writeSize: number;
  /** `write` creates the file, or keeps what is in it. */
  open(path: string, purpose: "read" | "write", mode?: number): Promise<Handle>;
  write(handle: Handle, data: Buffer, offset: number, length: number, position: number): Promise<void>;
  read(handle: Handle, into: Buffer, offset: number, length: number, position: number): Promise<number>;
  close(handle: Handle): Promise<void>;
  readFile(path: string): Promise<Buffer>;
  realpath(path: string): Promise<string>;
  end(): void;
}

/** Wraps a raw channel; `lost` is called by the connection when it ends. */
export function wrapSftp(raw: SFTPWrapper): { readonly sftp: Sftp; readonly lost: (error: Error) => void } {
  const pending = new Set<(error: Error) => void>();
  let gone: Error | undefined;
  const call = <T>(start: (done: (error: Error | null | undefined, value?: T) => void) => void): Promise<T> =>
    new Promise<T>((resolve, reject) => {
      if (gone !== undefined) {
        reject(gone);
        return;
      }
      pending.add(reject);
      start((error, value) => {
        pending.delete(reject);
        if (error === null || error === undefined) resolve(value as T);
        else reject(error);
      });
    });
  const lost = (error: Error): void => {
    gone ??= error;
    for (const reject of pending) reject(gone);
    pending.clear();
  };
  raw.on("close", () => lost(new Error("the SFTP channel was closed")));
  raw.on("error", (error: Error) => lost(error));
  const sftp: Sftp = {
    writeSize: longestWrite(raw),
    open: (path, purpose, mode = 0o644) =>
      call((done) => raw.open(path, purpose === "read" ? READ : WRITE_OR_CREATE, mode, done)),
    write: (handle, data, offset, length, position) =>
      call((done) => raw.write(handle, data, offset, length, position, done)),
    read: (handle, into, offset, length, position) =>
      call((done) =>
        raw.read(handle, into, offset, length, position, (error, count) =>
          done(endOfFile(error), count ?? 0),
        ),
      ),
    close: (handle) => call((done) => raw.close(handle, done)),
    readFile: (path) => call((done) => raw.readFile(path, done)),
    realpath: (path) => call((done) => raw.realpath(path, done)),
    end: () => raw.end(),
  };
  return { sftp, lost };
}

/** SFTP reports the end of a file as status 1. */
function endOfFile(error: Error | undefined): Error | undefined {
  return error !== undefined && "code" in error && error.code === 1 ? undefined : error;
}

/** OpenSSH takes packets of 256 KiB; longer writes than the server's limit end the session. */
function longestWrite(raw: SFTPWrapper): number {
  const known: unknown = Reflect.get(raw, "_maxWriteLen");
  return typeof known === "number" ? Math.min(known, 261_120) : 32_768;
}
