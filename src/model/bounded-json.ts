import { Corrupt } from "./corrupt.ts";

/** No file of a model nests deeper than a dozen. */
const MOST_DEPTH = 64;
/** The largest WordPiece vocabulary has half a million values, a header or an index some thousand. */
const MOST_VALUES = 1_000_000;

/**
 * Parses UTF-8 JSON out of a model's file. What is nested deeply or holds millions of values is refused before it is
 * parsed, since a parser needs far more memory for it than the file has bytes. Throws Corrupt.
 */
export function parseBoundedJson(bytes: Uint8Array, mostValues: number = MOST_VALUES): unknown {
  checkBounds(bytes, mostValues);
  try {
    return JSON.parse(new TextDecoder().decode(bytes)) as unknown;
  } catch (cause) {
    throw new Corrupt(`is no JSON: ${cause instanceof Error ? cause.message : String(cause)}`);
  }
}

const [QUOTE, BACKSLASH, COMMA] = [0x22, 0x5c, 0x2c];
const [OPEN_LIST, CLOSE_LIST, OPEN_OBJECT, CLOSE_OBJECT] = [0x5b, 0x5d, 0x7b, 0x7d];

function checkBounds(bytes: Uint8Array, mostValues: number): void {
  let depth = 0;
  let values = 1;
  for (let at = 0; at < bytes.length; at += 1) {
    const byte = bytes[at];
    if (byte === QUOTE) at = endOfText(bytes, at + 1);
    else if (byte === COMMA) values += 1;
    else if (byte === CLOSE_LIST || byte === CLOSE_OBJECT) depth -= 1;
    else if (byte === OPEN_LIST || byte === OPEN_OBJECT) {
      depth += 1;
      values += 1;
      if (depth > MOST_DEPTH) throw new Corrupt(`is nested more than ${MOST_DEPTH} levels deep`);
    }
    if (values > mostValues) throw new Corrupt(`holds more than ${mostValues} values`);
  }
}

/** The index of the quotation mark that ends a text. */
function endOfText(bytes: Uint8Array, start: number): number {
  let at = start;
  while (at < bytes.length && bytes[at] !== QUOTE) at += bytes[at] === BACKSLASH ? 2 : 1;
  return at;
}
