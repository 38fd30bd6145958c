import type { ContentFile } from "../hash-files.ts";
import type { Piece } from "./pieces.ts";

/** A piece on its way over one connection. */
export interface SentPiece extends Piece<ContentFile> {
  /** Bytes that may travel, as long as they count as ahead. */
  ahead: number;
  reused: number;
  /** Frames and questions that are not answered yet. */
  open: number;
  /** Nothing more of it is to come. */
  written: boolean;
  /** The host lacks some of it after all. */
  lacking?: boolean;
}

/** One of which nothing was sent yet. */
export function sentPiece(piece: Piece<ContentFile>): SentPiece {
  return { ...piece, ahead: piece.length, reused: piece.length, open: 0, written: false };
}

/** A frame that was sent and is not yet acknowledged. */
export interface SentFrame {
  readonly piece: SentPiece;
  /** Bytes of ours; 0 where the host copies. */
  readonly bytes: number;
  /** Where the host copies from. */
  readonly path?: string;
  /** The host may not have the block that it is to keep or to make. */
  readonly unsure?: boolean;
}
