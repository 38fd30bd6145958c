import { BLOCK_SIZE, type ManifestFile } from "../manifest.ts";
import type { CopyRange, SendRange } from "../push-plan.ts";

/** What one connection does at a time: part of a large file, or a small one as a whole. */
export interface Piece {
  readonly file: ManifestFile;
  readonly start: number;
  readonly length: number;
  /** Where the host has it already; absent where it must be sent. */
  readonly source?: { readonly path: string; readonly start: number };
}

/** Large enough that opening doesn't count, small enough that connections finish together. */
export const PIECE_SIZE = 4 * BLOCK_SIZE;

/** What is to be sent and what the host copies by itself. */
export interface Work {
  readonly sends: readonly SendRange[];
  readonly copies: readonly CopyRange[];
  /** Empty files, which no range would create. */
  readonly empty: readonly ManifestFile[];
}

/** Cuts work into pieces: large files first, so that small ones fill the gaps at the end. */
export function pieces({ sends, copies, empty }: Work): readonly Piece[] {
  const large: Piece[] = [];
  const small: Piece[] = [];
  for (const { file, start, length } of sends)
    for (let at = start; at < start + length; at += PIECE_SIZE)
      (file.size > PIECE_SIZE ? large : small).push({
        file,
        start: at,
        length: Math.min(PIECE_SIZE, start + length - at),
      });
  for (const { file, start, length, source } of copies)
    for (let at = 0; at < length; at += PIECE_SIZE)
      large.push({
        file,
        start: start + at,
        length: Math.min(PIECE_SIZE, length - at),
        source: { path: source.path, start: source.start + at },
      });
  for (const file of empty) small.push({ file, start: 0, length: 0 });
  return [...large, ...small];
}
