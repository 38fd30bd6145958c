import { readSmallFile } from "./model-file.ts";
import { Corrupt, naming } from "./corrupt.ts";
import { mismatch } from "./unsupported.ts";

/** The largest that is known, of 501,153 pieces, has 5 MB. */
const LARGEST_VOCABULARY = 16 * 1024 * 1024;
const MOST_PIECES = 1_500_000;

/** The pieces of a WordPiece vocabulary; the index is the id. */
export type Vocabulary = readonly string[];

/** Reads vocab.txt as Google's code does: one piece a line (`\n`), white space around it removed. */
export async function readVocabulary(path: string): Promise<Vocabulary> {
  const bytes = await readSmallFile(path, LARGEST_VOCABULARY);
  return naming(path, () => parseVocabulary(bytes));
}

/** The pieces in the bytes of a vocab.txt. */
export function parseVocabulary(bytes: Uint8Array): Vocabulary {
  let text: string;
  try {
    text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    throw new Corrupt("is not UTF-8 text");
  }
  const ends = bytes.reduce((count, byte) => count + (byte === 10 ? 1 : 0), 0);
  if (ends > MOST_PIECES) throw new Corrupt(`has ${ends} lines`);
  const lines = text.split("\n");
  if (lines.at(-1) === "") lines.pop();
  return lines.map(stripped);
}

// Python's str.strip(): JavaScript's trim() leaves U+001C to U+001F and U+0085 and takes U+FEFF.
const SPACE =
  "\t\n\v\f\r\u001c\u001d\u001e\u001f \u0085\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000";

/** A line without the white space around it; by hand, since an expression looks at each space inside a line again and again. */
function stripped(line: string): string {
  let [start, end] = [0, line.length];
  while (start < end && SPACE.includes(line.charAt(start))) start += 1;
  while (end > start && SPACE.includes(line.charAt(end - 1))) end -= 1;
  return line.slice(start, end);
}

/** What vocab.txt of a prepared model holds. */
export function vocabularyText(vocabulary: Vocabulary): string {
  return vocabulary.map((piece) => `${piece}\n`).join("");
}

/**
 * The vocabulary with as many pieces as the word embeddings have rows, or an error. Empty lines at the end are dropped;
 * `padded` allows for tables that were rounded up to a multiple of 8, as some published ones are.
 */
export function fitVocabulary(
  vocabulary: Vocabulary,
  rows: number,
  path: string,
  { padded = false, special = ["[UNK]", "[CLS]", "[SEP]"] }: FitOptions = {},
): Vocabulary {
  const pieces = [...vocabulary];
  while (pieces.length > rows && pieces.at(-1) === "") pieces.pop();
  const spare = rows - pieces.length;
  if (spare !== 0 && !(padded && spare > 0 && spare < 128 && rows % 8 === 0)) {
    throw mismatch(
      `${path} has ${pieces.length} pieces, but the model's word embeddings have ${rows} rows.`,
      "Use the vocabulary that was published with these weights.",
    );
  }
  for (const piece of special) {
    if (!pieces.includes(piece)) {
      throw mismatch(
        `${path} has no piece ${piece}.`,
        "Use the vocabulary that was published with these weights.",
      );
    }
  }
  return pieces;
}

export interface FitOptions {
  readonly padded?: boolean;
  /** Pieces that must be there. */
  readonly special?: readonly string[];
}

/**
 * Whether texts are lower-cased for this vocabulary: unless one piece in a hundred, and at least five, hold capitals
 * from A to Z outside brackets. Google's Chinese vocabulary has two such pieces and is lower-cased all the same.
 */
export function isLowerCased(vocabulary: Vocabulary): boolean {
  const capitals = vocabulary.filter((piece) => /[A-Z]/.test(piece) && !/^\[.*\]$/.test(piece)).length;
  return capitals < 5 || capitals < vocabulary.length / 100;
}
