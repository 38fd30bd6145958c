import { CLASS, classOf } from "./character-class.js";

/**
 * Cuts a text at white space and around ideographs, and drops what is not text, as the first half of Google's basic
 * tokenizer does. Stops as soon as `take` answers false.
 * @param {string} text
 * @param {boolean} splitIdeographs
 * @param {(word: string) => boolean} take
 */
export function eachWord(text, splitIdeographs, take) {
  let word = "";
  let start = 0;
  const length = text.length;
  let index = 0;
  while (index < length) {
    const codePoint = text.codePointAt(index) ?? 0;
    const width = codePoint > 0xffff ? 2 : 1;
    const kind = classOf(codePoint);
    const ends = kind === CLASS.space || (kind === CLASS.ideograph && splitIdeographs);
    if (ends || kind === CLASS.dropped) {
      if (index > start) word += text.slice(start, index);
      start = index + width;
      if (ends) {
        if (word !== "" && !take(word)) return;
        word = "";
        if (kind === CLASS.ideograph && !take(text.slice(index, start))) return;
      }
    }
    index += width;
  }
  if (length > start) word += text.slice(start);
  if (word !== "") take(word);
}

/**
 * Lower-cases a word, as uncased models want it.
 * @param {string} word
 */
export function lowerCase(word) {
  return word.toLowerCase();
}

/** Marks in a row are sorted when a word is decomposed, in time that grows with their square: a megabyte of them takes minutes. */
const LONG_WORD = 1000;

/**
 * Takes the accents off a word: decomposed, without its non-spacing marks.
 * @param {string} word
 */
export function withoutAccents(word) {
  // Most words are ASCII, which decomposition leaves alone.
  if (isAscii(word)) return word;
  const few = word.length > LONG_WORD ? withoutMarks(word) : word;
  return withoutMarks(few.normalize("NFD"));
}

/** @param {string} word */
function withoutMarks(word) {
  return word.replace(/\p{Mn}/gu, "");
}

/** @param {string} word */
function isAscii(word) {
  for (let index = 0; index < word.length; index++) if (word.charCodeAt(index) > 0x7f) return false;
  return true;
}

/**
 * A word's pieces between punctuation signs, and the signs themselves, in order; not many more than `most`.
 * @param {string} word
 * @param {number} [most]
 * @returns {string[]}
 */
export function splitAtPunctuation(word, most = Infinity) {
  /** @type {string[]} */
  const parts = [];
  let start = 0;
  for (let index = 0; index < word.length;) {
    if (parts.length > most) return parts;
    const codePoint = word.codePointAt(index) ?? 0;
    const width = codePoint > 0xffff ? 2 : 1;
    if (classOf(codePoint) === CLASS.punctuation) {
      if (index > start) parts.push(word.slice(start, index));
      parts.push(word.slice(index, index + width));
      start = index + width;
    }
    index += width;
  }
  if (word.length > start) parts.push(word.slice(start));
  return parts;
}
