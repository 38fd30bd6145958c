import type { SendRange } from "../push-plan.ts";
import type { ManifestFile } from "../manifest.ts";

/** What one connection sends at a time: part of a large file, or a small one as a whole. */
export interface Piece {
  readonly file: ManifestFile;
  readonly start: number;
  readonly length: number;
}

/** Large enough that opening doesn't count, small enough that connections finish together. */
export const PIECE_SIZE = 1_048_576;

/** Cuts what is to be sent into pieces: large files first, so that small ones fill the gaps at the end. */
export function pieces(ranges: readonly SendRange[], empty: readonly ManifestFile[]): readonly Piece[] {
  const large: Piece[] = [];
  const small: Piece[] = [];
  for (const { file, start, length } of ranges)
    for (let at = start; at < start + length; at += PIECE_SIZE)
      (file.size > PIECE_SIZE ? large : small).push({
        file,
        start: at,
        length: Math.min(PIECE_SIZE, start + length - at),
      });
  for (const file of empty) small.push({ file, start: 0, length: 0 });
  return [...large, ...small];
}
