import { cutWord } from "./wordpiece.js";
import { eachWord, lowerCase, splitAtPunctuation, withoutAccents } from "./words.js";

/** @import { Vocabulary } from "./vocabulary.js" */

/**
 * @typedef {object} TokenizerOptions
 * @property {Vocabulary} vocabulary
 * @property {boolean} lowerCase
 * @property {boolean} stripAccents
 * @property {boolean} splitIdeographs
 * @property {number} maxWordLength code points, counted after accents are gone
 * @property {number} maxTokens tokens of a text with [CLS] and [SEP]; what is longer is cut
 */

/**
 * A text as the model takes it.
 * @typedef {object} Encoding
 * @property {Int32Array} ids [CLS], the text's pieces, [SEP]
 * @property {boolean} truncated pieces were cut off the end
 */

/** @typedef {(text: string) => Encoding} Tokenizer */

/** Words whose pieces are remembered: real text repeats its words, and looking one up is several times faster. */
const REMEMBERED_WORDS = 50_000;
// A slice of 13 or more units would keep the whole text it was cut from alive.
const REMEMBERED_LENGTH = 12;

/**
 * Google's WordPiece tokenizer with [CLS] and [SEP] around every text. What stands in a text is text: a literal
 * "[SEP]" has no meaning of its own.
 * @param {TokenizerOptions} options
 * @returns {Tokenizer}
 */
export function createTokenizer(options) {
  const { vocabulary, maxTokens } = options;
  /** @type {Map<string, number[]>} */
  const remembered = new Map();

  /** @param {string} word */
  const piecesOf = (word) => {
    const found = remembered.get(word);
    if (found !== undefined) return found;
    const lowered = options.lowerCase ? lowerCase(word) : word;
    const plain = options.stripAccents ? withoutAccents(lowered) : lowered;
    const pieces = splitAtPunctuation(plain, maxTokens).flatMap((part) =>
      cutWord(vocabulary, options.maxWordLength, part),
    );
    if (word.length <= REMEMBERED_LENGTH) {
      if (remembered.size >= REMEMBERED_WORDS) remembered.clear();
      remembered.set(word, pieces);
    }
    return pieces;
  };

  return (text) => {
    const room = maxTokens - 2;
    const ids = [vocabulary.start];
    let truncated = false;
    eachWord(text, options.splitIdeographs, (word) => {
      for (const id of piecesOf(word)) {
        if (ids.length > room) {
          truncated = true;
          return false;
        }
        ids.push(id);
      }
      return true;
    });
    ids.push(vocabulary.end);
    return { ids: Int32Array.from(ids), truncated };
  };
}
