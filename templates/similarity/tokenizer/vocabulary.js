/** Prepared vocabularies have none; one that was copied by hand may have carriage returns. */
const EDGE_SPACE = /^\p{White_Space}+|\p{White_Space}+$/gu;

/**
 * A WordPiece vocabulary: pieces by their text, and the ids of the pieces that have a meaning of their own.
 * @typedef {object} Vocabulary
 * @property {ReadonlyMap<string, number>} pieces
 * @property {number} size lines of the file
 * @property {number} longest UTF-16 units of the longest piece
 * @property {number} unknown id of the piece for what can't be cut, [UNK]
 * @property {number} start id of the piece in front of a text, [CLS]
 * @property {number} end id of the piece behind a text, [SEP]
 */

/** How Google's vocabularies call the pieces that have a meaning of their own. */
const GOOGLE = { unknown: "[UNK]", cls: "[CLS]", sep: "[SEP]" };

/**
 * Reads vocab.txt: one piece a line, its id the line's number from 0; a piece that is there twice has the later id.
 * @param {string} text
 * @param {{ unknown: string, cls: string, sep: string }} [names]
 * @returns {Vocabulary}
 */
export function readVocabulary(text, names = GOOGLE) {
  const lines = text.split("\n");
  if (lines.at(-1) === "") lines.pop();
  /** @type {Map<string, number>} */
  const pieces = new Map();
  let longest = 0;
  for (const [id, line] of lines.entries()) {
    const piece = line.replace(EDGE_SPACE, "");
    pieces.set(piece, id);
    longest = Math.max(longest, piece.length);
  }
  /** @param {string} piece */
  const special = (piece) => {
    const id = pieces.get(piece);
    if (id === undefined) throw new Error(`vocab.txt has no ${piece}`);
    return id;
  };
  return {
    pieces,
    size: lines.length,
    longest,
    unknown: special(names.unknown),
    start: special(names.cls),
    end: special(names.sep),
  };
}
