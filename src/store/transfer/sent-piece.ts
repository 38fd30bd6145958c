import type { ContentFile } from "../hash-files.ts";
import type { Piece } from "./pieces.ts";

/** A piece on its way over one connection. */
export class SentPiece implements Piece<ContentFile> {
  readonly file: ContentFile;
  readonly start: number;
  readonly length: number;
  readonly sent: boolean;
  readonly whole: boolean;
  /** Bytes that may travel, as long as they count as ahead. */
  ahead: number;
  reused: number;
  /** Frames and questions that are not answered yet. */
  open = 0;
  /** Nothing more of it is to come. */
  written = false;
  /** The host lacks some of it after all. */
  lacking = false;

  constructor({ file, start, length, sent = false, whole = false }: Piece<ContentFile>) {
    this.file = file;
    this.start = start;
    this.length = length;
    this.sent = sent;
    this.whole = whole;
    this.ahead = length;
    this.reused = length;
  }
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
