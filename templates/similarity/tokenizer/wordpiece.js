/** @import { Vocabulary } from "./vocabulary.js" */

/**
 * Cuts a word into the longest pieces that the vocabulary has, from its front; one [UNK] if it can't be cut.
 * @param {Vocabulary} vocabulary
 * @param {number} longestWord code points above which a word is unknown without a look: 200 for Google
 * @param {string} word
 * @returns {number[]} piece ids
 */
export function cutWord(vocabulary, longestWord, word) {
  if (word.length > longestWord && codePoints(word) > longestWord) return [vocabulary.unknown];
  /** @type {number[]} */
  const ids = [];
  let start = 0;
  while (start < word.length) {
    const prefix = start === 0 ? "" : "##";
    let end = Math.min(word.length, start + vocabulary.longest);
    /** @type {number | undefined} */
    let id;
    while (end > start) {
      id = vocabulary.pieces.get(prefix + word.slice(start, end));
      if (id !== undefined) break;
      end--;
    }
    if (id === undefined) return [vocabulary.unknown];
    ids.push(id);
    start = end;
  }
  return ids;
}

/** @param {string} word */
function codePoints(word) {
  let count = 0;
  for (const _ of word) count++;
  return count;
}
