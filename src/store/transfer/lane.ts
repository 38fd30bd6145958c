import type { StoreHost } from "../host.ts";
import type { LocalReader } from "./local-reader.ts";
import type { Piece } from "./pieces.ts";

/** What a lane, which is one connection at work, is given by whoever runs several of them. */
export interface LaneHooks {
  readonly reader: LocalReader;
  /** The next piece; undefined when there is none left. */
  readonly take: () => Piece | undefined;
  /** A piece that was not done after all. */
  readonly giveBack: (piece: Piece) => void;
  /** Bytes of ours that the host has acknowledged; 0 where it copied. */
  readonly onBytes: (count: number) => void;
  readonly onPiece: (piece: Piece) => void;
  /** True when the lane should stop taking pieces. */
  readonly stopped: () => boolean;
}

/**
 * Works on pieces over one connection until none is left. When it fails, unfinished pieces are given back before it rejects.
 * One writes files by SFTP, which every host has; the other speaks to a program on the host.
 */
export type RunLane = (host: StoreHost, hooks: LaneHooks) => Promise<void>;
