/** What the tokenizer does with a code point. */
export const CLASS = Object.freeze({
  /** Part of a word. */
  word: 1,
  /** Ends a word and is gone. */
  space: 2,
  /** Gone without ending the word: controls, format characters, NUL, U+FFFD. */
  dropped: 3,
  /** A word of its own. */
  punctuation: 4,
  /** A CJK ideograph: a word of its own. */
  ideograph: 5,
});

/** Blocks that Google's tokenizer calls Chinese; kana and hangul are ordinary letters to it. */
const IDEOGRAPH_BLOCKS = [
  [0x4e00, 0x9fff],
  [0x3400, 0x4dbf],
  [0x20000, 0x2a6df],
  [0x2a700, 0x2b73f],
  [0x2b740, 0x2b81f],
  [0x2b820, 0x2ceaf],
  [0xf900, 0xfaff],
  [0x2f800, 0x2fa1f],
];

const known = new Uint8Array(0x110000);

/**
 * The class of a code point, decided once and then remembered.
 * @param {number} codePoint
 * @returns {number} one of CLASS
 */
export function classOf(codePoint) {
  const remembered = known[codePoint];
  if (remembered) return remembered;
  const decided = decide(codePoint);
  known[codePoint] = decided;
  return decided;
}

/** @param {number} codePoint */
function decide(codePoint) {
  if (codePoint === 0 || codePoint === 0xfffd) return CLASS.dropped;
  if (codePoint === 0x09 || codePoint === 0x0a || codePoint === 0x0d) return CLASS.space;
  // A lone surrogate is a word's part: Python keeps it too, and no vocabulary has it.
  if (codePoint >= 0xd800 && codePoint <= 0xdfff) return CLASS.word;
  const character = String.fromCodePoint(codePoint);
  if (/[\p{Zs}\p{Zl}\p{Zp}]/u.test(character)) return CLASS.space;
  if (/[\p{Cc}\p{Cf}]/u.test(character)) return CLASS.dropped;
  if (IDEOGRAPH_BLOCKS.some(([first = 0, last = 0]) => codePoint >= first && codePoint <= last)) {
    return CLASS.ideograph;
  }
  // Every ASCII sign counts, also those that Unicode calls symbols: $ + < = > ^ ` | ~.
  const asciiSign = codePoint > 0x20 && codePoint < 0x7f && !/[0-9A-Za-z]/.test(character);
  return asciiSign || /\p{P}/u.test(character) ? CLASS.punctuation : CLASS.word;
}
