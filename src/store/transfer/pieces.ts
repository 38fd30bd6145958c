import { BLOCK_SIZE, type ManifestFile } from "../manifest.ts";

/** What one connection does at a time: part of a large file, or a small one as a whole. */
export interface Piece<F extends ManifestFile = ManifestFile> {
  readonly file: F;
  readonly start: number;
  readonly length: number;
  /** It was sent over a connection that was lost then: the host may have it. */
  readonly sent?: boolean;
  /** What is new of it travels as it is, since the host could not make it of what it has. */
  readonly whole?: boolean;
}

/** Large enough that opening doesn't count, small enough that connections finish together. */
export const PIECE_SIZE = 4 * BLOCK_SIZE;
/** Of a file most of which need not travel: to have one piece read costs as much as to recognise a megabyte of it. */
export const MOSTLY_THERE_SIZE = 4 * PIECE_SIZE;

/**
 * Cuts files into pieces: large files first, so that small ones fill the gaps at the end. An empty file is a piece of no bytes.
 * `mostlyThere` says which ones may be cut into larger pieces.
 */
export function pieces<F extends ManifestFile>(
  files: readonly F[],
  mostlyThere: (file: F) => boolean = () => false,
): readonly Piece<F>[] {
  const large: Piece<F>[] = [];
  const small: Piece<F>[] = [];
  for (const file of files) {
    const list = file.size > PIECE_SIZE ? large : small;
    const size = mostlyThere(file) ? MOSTLY_THERE_SIZE : PIECE_SIZE;
    for (let start = 0; start < Math.max(1, file.size); start += size)
      list.push({ file, start, length: Math.min(size, file.size - start) });
  }
  return [...large, ...small];
}

/** The same, those first of which something may have to travel: the host copies the others meanwhile. */
export function newFirst<F extends ManifestFile>(
  all: readonly Piece<F>[],
  isThere: (hash: string) => boolean,
): readonly Piece<F>[] {
  const isNew = ({ file, start, length }: Piece<F>): boolean => {
    for (let index = start / BLOCK_SIZE; index * BLOCK_SIZE < start + length; index++)
      if (!isThere(file.blocks[index] ?? "")) return true;
    return false;
  };
  const [fresh, others]: [Piece<F>[], Piece<F>[]] = [[], []];
  for (const piece of all) (isNew(piece) ? fresh : others).push(piece);
  return [...fresh, ...others];
}

/** Pieces that nobody works on yet, in their order. */
export class PieceQueue<F extends ManifestFile = ManifestFile> {
  readonly #pieces: Piece<F>[];
  #bytes: number;

  constructor(all: readonly Piece<F>[]) {
    this.#pieces = [...all].toReversed();
    this.#bytes = all.reduce((sum, { length }) => sum + length, 0);
  }

  get length(): number {
    return this.#pieces.length;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** The next one. */
  take(): Piece<F> | undefined {
    const piece = this.#pieces.pop();
    this.#bytes -= piece?.length ?? 0;
    return piece;
  }

  /** One that was not done after all. */
  giveBack(piece: Piece<F>): void {
    this.#pieces.push(piece);
    this.#bytes += piece.length;
  }
}
