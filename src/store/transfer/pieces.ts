import { BLOCK_SIZE, type ManifestFile } from "../manifest.ts";

/** What one connection does at a time: part of a large file, or a small one as a whole. */
export interface Piece<F extends ManifestFile = ManifestFile> {
  readonly file: F;
  readonly start: number;
  readonly length: number;
}

/** Large enough that opening doesn't count, small enough that connections finish together. */
export const PIECE_SIZE = 4 * BLOCK_SIZE;

/** Cuts files into pieces: large files first, so that small ones fill the gaps at the end. An empty file is a piece of no bytes. */
export function pieces<F extends ManifestFile>(files: readonly F[]): readonly Piece<F>[] {
  const large: Piece<F>[] = [];
  const small: Piece<F>[] = [];
  for (const file of files) {
    const list = file.size > PIECE_SIZE ? large : small;
    for (let start = 0; start < Math.max(1, file.size); start += PIECE_SIZE)
      list.push({ file, start, length: Math.min(PIECE_SIZE, file.size - start) });
  }
  return [...large, ...small];
}
