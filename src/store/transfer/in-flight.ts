import type { ManifestFile } from "../manifest.ts";
import { type Piece, PIECE_SIZE } from "./pieces.ts";

/** A small file costs three round trips, whatever its size: so many of them at once. */
const PIECES = 64;

interface Pieces<F extends ManifestFile> {
  /** Bytes of pieces that may be under way; more would only fill buffers. */
  readonly bytes: number;
  readonly take: () => Piece<F> | undefined;
  readonly giveBack: (piece: Piece<F>) => void;
  readonly stopped: () => boolean;
  /** The piece's own buffer has room for all of it, until the work ends. */
  readonly work: (piece: Piece<F>, buffer: Buffer) => Promise<void>;
}

/**
 * Works on several pieces at once over one connection, until none is left or it is told to stop. When one fails, no more is
 * begun, unfinished ones are given back, and it rejects with the first failure once all have ended.
 */
export async function keepInFlight<F extends ManifestFile>(pieces: Pieces<F>): Promise<void> {
  const buffers: Buffer[] = [];
  const running = new Set<Promise<void>>();
  const state: { bytes: number; failure?: { readonly error: unknown } } = { bytes: 0 };
  const isFull = (): boolean => running.size > 0 && (state.bytes >= pieces.bytes || running.size >= PIECES);
  const begin = async (piece: Piece<F>): Promise<void> => {
    // Small pieces come in thousands; only full ones are worth keeping buffers for.
    const full = piece.length > PIECE_SIZE / 4;
    const buffer = full
      ? (buffers.pop() ?? Buffer.allocUnsafeSlow(PIECE_SIZE))
      : Buffer.allocUnsafe(piece.length);
    try {
      await pieces.work(piece, buffer);
    } catch (error) {
      pieces.giveBack(piece);
      state.failure ??= { error };
    } finally {
      if (full) buffers.push(buffer);
      state.bytes -= piece.length;
    }
  };
  while (state.failure === undefined && !pieces.stopped()) {
    const piece = pieces.take();
    if (piece === undefined) {
      if (running.size === 0) break;
      // One that fails is given back.
      await Promise.race(running);
      continue;
    }
    state.bytes += piece.length;
    const begun = begin(piece);
    running.add(begun);
    void begun.then(() => running.delete(begun));
    while (isFull()) await Promise.race(running);
  }
  await Promise.all(running);
  if (state.failure !== undefined) throw state.failure.error;
}
