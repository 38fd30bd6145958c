import { existsSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { fitVocabulary, isLowerCased, parseVocabulary, readVocabulary } from "../../src/model/vocabulary.ts";

const REAL = path.join(import.meta.dirname, "../../../shared/vocab");
const bytes = (text: string) => new TextEncoder().encode(text);

test("lines end in LF or CRLF, white space around pieces goes, empty lines keep their id", () => {
  const text = "\uFEFF[PAD]\r\n a\t\n\n\u00A0b\u2028\n##c";
  expect(parseVocabulary(bytes(text))).toEqual(["[PAD]", "a", "", "b", "##c"]);
});

test("a vocabulary must have as many pieces as there are rows", () => {
  const special = ["[UNK]", "[CLS]", "[SEP]", "a"];
  expect(fitVocabulary([...special, "", ""], 4, "vocab.txt")).toEqual(special);
  expect(() => fitVocabulary(special, 5, "vocab.txt")).toThrow("vocab.txt has 4 pieces");
  expect(() => fitVocabulary(special, 3, "vocab.txt")).toThrow("vocab.txt has 4 pieces");
  expect(fitVocabulary(special, 8, "vocab.txt", { padded: true })).toEqual(special);
  expect(() => fitVocabulary(special, 9, "vocab.txt", { padded: true })).toThrow("vocab.txt has 4 pieces");
  expect(() => fitVocabulary(["[UNK]", "[SEP]"], 2, "vocab.txt")).toThrow("no piece [CLS]");
});

test("a handful of capitals, or capitals in brackets, prove nothing", () => {
  const lower = Array.from({ length: 1000 }, (_, index) => `w${index}`);
  expect(isLowerCased(lower)).toBe(true);
  expect(isLowerCased([...lower, "[UNK]", "[CLS]", "[SEP]", "[MASK]", "[PAD]", "[EOS]"])).toBe(true);
  expect(isLowerCased([...lower, "A", "B", "##C", "DVD"])).toBe(true);
  expect(isLowerCased([...lower, ...lower.map((word) => word.toUpperCase())])).toBe(false);
});

for (const [name, size, lowerCased] of [
  ["uncased", 30_522, true],
  ["chinese", 21_128, true],
  ["cased", 28_996, false],
  ["multilingual-cased", 119_547, false],
] as const) {
  const file = path.join(REAL, `${name}.txt`);
  test.skipIf(!existsSync(file))(
    `Google's ${name} vocabulary (skipped where ../shared is not there)`,
    async () => {
      const vocabulary = await readVocabulary(file);
      expect(fitVocabulary(vocabulary, size, file)).toHaveLength(size);
      expect(isLowerCased(vocabulary)).toBe(lowerCased);
    },
  );
}
