import type { Duplex, Readable } from "node:stream";

/** A program for a host, as text: run by `sh -c`, with its arguments as `$1`, `$2`. */
export type HostScript = string;

/** A line that a script prints before anything of its own, since login files of some hosts greet everybody. */
export const MARK = "--bertops--";

/** Input and output of a program on a host. */
export type HostChannel = Duplex & { readonly stderr: Readable };

export interface RunResult {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** What the store needs of a host that mounts it; a connection in `ssh/` gives it. */
export interface StoreHost {
  /** How messages call the host. */
  readonly label: string;
  /** Milliseconds from a question to its answer, as logging in showed it. */
  readonly roundTrip: number;
  run(script: HostScript, args: readonly string[], options?: RunOptions): Promise<RunResult>;
  /**
   * Starts a program whose input and output the caller drives; what login files print comes first, up to {@link MARK}. `flowing`
   * where much will come, and the caller reads it at once and is done with it then: that memory is used again.
   */
  start(
    script: HostScript,
    args: readonly string[],
    how?: { readonly flowing?: boolean },
  ): Promise<HostChannel>;
  /** A script and its arguments as one text for a shell of the host. */
  textOf(script: HostScript, args: readonly string[]): string;
  files(): Promise<StoreFiles>;
  /** Called once when the connection ends. */
  onLost(listener: (error: Error) => void): void;
  /** Gives up a connection that stopped answering. */
  drop(): void;
  close(): void;
}

export interface RunOptions {
  readonly stdin?: string;
  /** Milliseconds; hashing a large model takes minutes. */
  readonly timeout?: number;
  /** Bytes of output that are kept before the program is given up. */
  readonly maxOutput?: number;
  readonly signal?: AbortSignal;
}

/** Files of the host, written in pieces and out of order. Failures of the server carry SFTP's status as a numeric `code`. */
export interface StoreFiles {
  /** The longest write that the server takes at once. */
  readonly writeSize: number;
  /** Opens for writing, creating the file with this mode but keeping what is in it. */
  openToWrite(path: string, mode: number): Promise<Buffer>;
  openToRead(path: string): Promise<Buffer>;
  write(handle: Buffer, data: Buffer, offset: number, length: number, position: number): Promise<void>;
  /** Reads into the buffer; 0 at the end. */
  read(handle: Buffer, into: Buffer, offset: number, length: number, position: number): Promise<number>;
  close(handle: Buffer): Promise<void>;
  readFile(path: string): Promise<Buffer>;
}

/** Opens one more connection to the host: every one brings its own TCP window. */
export type Dial = () => Promise<StoreHost>;
