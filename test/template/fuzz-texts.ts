/** The same texts as `tools/tokenizer-witness/make.py` makes, number for number. */

/** Marsaglia's xorshift32: whole numbers below a bound. */
export function randomBelow(seed: number): (bound: number) => number {
  let state = seed;
  return (bound) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    state >>>= 0;
    return state % bound;
  };
}

export const SPECIAL: readonly string[] = [
  ..."[SEP] [CLS] [MASK] [UNK] ##ing don't naïve Ångström ΟΔΟΣ Σ İstanbul ǅ ﬁ ß".split(" "),
  ..."\u0000 \ufffd \u200b \u00ad \u0085 \u2028 \u3000 \t \r\n e\u0301 \u0301 한국어".split(" "),
  ..."日本語 中文字 𠀀𪜀 \u{2b820}".split(" "),
  "a".repeat(200),
  "a".repeat(201),
  "é".repeat(200),
  "e\u0301".repeat(150),
  ..."x\u200by C++ $1,000.00 U.S.A. … ¿ — \u{1f600} \u1fef \u037e \u212b".split(" "),
];
const BASES: readonly number[] = [
  0x41, 0x61, 0xc0, 0x370, 0x400, 0x5d0, 0x620, 0x900, 0xe00, 0x1100, 0x1e00, 0x3040, 0x4e00, 0xac00, 0xff00,
  0x1d400,
];
const SEPARATORS = [" ", " ", " ", "", "\u00a0", "\n"];

/** First and last code point of each run of characters that the witness knows. */
export type Ranges = readonly (readonly [number, number])[];

/** Whether the witness's Unicode tables know a code point. */
export function knownIn(ranges: Ranges): (point: number) => boolean {
  const known = new Uint8Array(0x110000);
  for (const [first, last] of ranges) known.fill(1, first, last + 1);
  return (point) => known[point] === 1;
}

/** One text of up to twelve words. */
export function fuzzText(
  below: (bound: number) => number,
  ranges: Ranges,
  known: (point: number) => boolean,
): string {
  const words: string[] = [];
  const count = 1 + below(12);
  for (let number = 0; number < count; number += 1) {
    const kind = below(10);
    if (kind === 0) {
      words.push(SPECIAL[below(SPECIAL.length)] ?? "");
      continue;
    }
    const length = 1 + below(10);
    const base = BASES[below(BASES.length)] ?? 0;
    let word = "";
    for (let letter = 0; letter < length; letter += 1) {
      const point = pointOf(kind, base, below, ranges);
      word += known(point) ? String.fromCodePoint(point) : "?";
    }
    words.push(word);
  }
  return words.join(SEPARATORS[below(SEPARATORS.length)]);
}

function pointOf(kind: number, base: number, below: (bound: number) => number, ranges: Ranges): number {
  if (kind <= 3) return 0x61 + below(26);
  if (kind <= 5) return 0x20 + below(0x60);
  if (kind <= 7) return base + below(64);
  const [first, last] = ranges[below(ranges.length)] ?? [0, 0];
  return first + below(last - first + 1);
}

/** A vocabulary of single characters of many scripts, so that little is unknown. */
export function lettersVocabulary(known: (point: number) => boolean): string[] {
  const points = new Set<number>();
  const add = (from: number, to: number): void => {
    for (let point = from; point < to; point += 1) points.add(point);
  };
  for (const base of BASES) add(base, base + 64);
  add(0x21, 0x7f);
  add(0x300, 0x340);
  const characters = Array.from(points)
    .filter(known)
    .map((point) => String.fromCodePoint(point));
  // What Python's strip would take off is no piece: white space, and the separators below U+0020 that are not among them.
  const plain = characters.filter((character) => !/^\p{White_Space}$/u.test(character));
  return [
    "[PAD]",
    "[UNK]",
    "[CLS]",
    "[SEP]",
    ...plain,
    ...plain.map((character) => `##${character}`),
    "the",
    "##ing",
    "##er",
    "an",
    "in",
  ];
}
