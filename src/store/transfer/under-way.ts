import type { ContentFile } from "../hash-files.ts";
import type { LaneHooks } from "./lane.ts";
import type { Piece } from "./pieces.ts";
import { type SentFrame, SentPiece } from "./sent-piece.ts";

/** What one lane has under way: pieces that it took and that are not done, and frames that the host has not acknowledged. */
export class UnderWay {
  readonly #hooks: Pick<LaneHooks, "giveBack" | "onBytes" | "onPiece">;
  /** Those that have more to come. What went out as a whole is known by its frame. */
  readonly #pieces = new Set<SentPiece>();
  /** How many those are. */
  #sent = 0;
  /** In the order in which they are answered. */
  readonly #frames: SentFrame[] = [];
  #bytes = 0;

  constructor(hooks: Pick<LaneHooks, "giveBack" | "onBytes" | "onPiece">) {
    this.#hooks = hooks;
  }

  /** Bytes that may still have to travel, or travel. */
  get bytes(): number {
    return this.#bytes;
  }

  get pieces(): number {
    return this.#pieces.size + this.#sent;
  }

  get frames(): number {
    return this.#frames.length;
  }

  /** Takes a piece on. */
  take(piece: Piece<ContentFile>): SentPiece {
    const taken = new SentPiece(piece);
    this.#pieces.add(taken);
    this.#bytes += taken.ahead;
    return taken;
  }

  /** Takes a piece on that went out as one frame. */
  sent(piece: Piece<ContentFile>): void {
    const taken = new SentPiece(piece);
    this.#bytes += taken.ahead;
    this.#sent++;
    this.expect({ piece: taken, bytes: taken.length });
    taken.written = true;
  }

  /** So many bytes of a piece travel after all. */
  travels(piece: SentPiece, bytes: number): void {
    this.#bytes -= piece.ahead - bytes;
    piece.ahead = bytes;
  }

  /** A frame goes out that the host will acknowledge. */
  expect(frame: SentFrame): void {
    this.#frames.push(frame);
    frame.piece.open++;
    frame.piece.reused -= frame.bytes;
  }

  /** No more frames of a piece will come, unless it is being compared. */
  written(piece: SentPiece): void {
    piece.written = true;
    if (piece.open === 0) this.#finish(piece);
  }

  /** The host has dealt with so many frames. */
  acknowledge(count: number): void {
    const frames = this.#frames.splice(0, count);
    let bytes = 0;
    for (const frame of frames) {
      bytes += frame.bytes;
      if (--frame.piece.open === 0 && frame.piece.written) this.#finish(frame.piece);
    }
    this.#hooks.onBytes(bytes);
  }

  /** The frame that is answered after so many others. */
  frame(index: number): SentFrame | undefined {
    return this.#frames[index];
  }

  /** Leaves everything that is not done to others. */
  giveBack(): void {
    const sent = new Set(this.#frames.map(({ piece }) => piece));
    for (const piece of new Set([...this.#pieces, ...sent])) {
      const { file, start, length } = piece;
      this.#hooks.giveBack({ file, start, length, ...(sent.has(piece) ? { sent: true } : {}) });
    }
  }

  #finish(piece: SentPiece): void {
    if (!this.#pieces.delete(piece)) this.#sent--;
    this.#bytes -= piece.ahead;
    const { file, start, length } = piece;
    if (piece.lacking) this.#hooks.giveBack({ file, start, length, whole: true });
    else this.#hooks.onPiece(piece.reused);
  }
}
