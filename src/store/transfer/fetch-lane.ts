import type { StoreHost } from "../host.ts";
import type { Piece } from "./pieces.ts";

/** What a lane that fetches is given by whoever runs several of them. */
export interface FetchHooks {
  /** The next piece; undefined when there is none left. */
  readonly take: () => Piece | undefined;
  /** A piece that did not come after all. */
  readonly giveBack: (piece: Piece) => void;
  /** All of a piece came. Its buffer may be used again when it is checked and written, which is at once where nothing is answered. */
  readonly arrived: (piece: Piece, data: Buffer) => Promise<void> | undefined;
  /** Is a piece not done with when {@link arrived} returns? */
  readonly keeps: (piece: Piece) => boolean;
  /** Resolves when so many bytes may be asked for. */
  readonly allow: (count: number) => Promise<void> | undefined;
  /** The host sent so many bytes. */
  readonly alive: (bytes: number) => void;
  /** True when the lane should stop taking pieces. */
  readonly stopped: () => boolean;
}

/**
 * Fetches pieces over one connection until none is left. When it fails, unfinished pieces are given back before it rejects. One
 * asks a program on the host, the other reads files by SFTP, which every host has.
 */
export type FetchLane = (host: StoreHost, hooks: FetchHooks) => Promise<void>;
