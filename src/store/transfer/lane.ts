import type { ContentFile } from "../hash-files.ts";
import type { StoreHost } from "../host.ts";
import type { BlockSource } from "./block-source.ts";
import type { Piece } from "./pieces.ts";

/** What a lane, which is one connection at work, is given by whoever runs several of them. */
export interface LaneHooks {
  readonly source: BlockSource;
  /** The next piece; undefined when there is none left. */
  readonly take: () => Piece<ContentFile> | undefined;
  /** A piece that was not done after all. */
  readonly giveBack: (piece: Piece<ContentFile>) => void;
  /** Bytes of ours that the host has acknowledged; 0 where it copied. */
  readonly onBytes: (count: number) => void;
  /** A piece is done, with so many bytes that were there already or that the host copied. */
  readonly onPiece: (reused: number) => void;
  /** How many bytes may be under way. */
  readonly allowed: () => number;
  /** Resolves when so many bytes may be sent. */
  readonly allow: (count: number) => Promise<void> | undefined;
  /** True when the lane should stop taking pieces. */
  readonly stopped: () => boolean;
}

/**
 * Works on pieces over one connection until none is left. When it fails, unfinished pieces are given back before it rejects.
 * One writes files by SFTP, which every host has; the other speaks to a program on the host.
 */
export type RunLane = (host: StoreHost, hooks: LaneHooks) => Promise<void>;
