import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { createTokenizer } from "../../templates/similarity/tokenizer/tokenizer.js";
import { readVocabulary } from "../../templates/similarity/tokenizer/vocabulary.js";
import { fuzzText, knownIn, lettersVocabulary, randomBelow, SPECIAL, type Ranges } from "./fuzz-texts.ts";

interface Witness {
  readonly unicode: string;
  readonly ranges: Ranges;
  readonly words: readonly { text: string; lower: string[]; cased: string[] }[];
  readonly fuzz: readonly { vocabulary: string; lower: boolean; hashes: string[] }[];
}

const witness = JSON.parse(
  readFileSync(path.join(import.meta.dirname, "fixtures/tokenizer.json"), "utf8"),
) as Witness;
const VOCABULARIES = path.join(import.meta.dirname, "../../../shared/vocab");
const known = knownIn(witness.ranges);
const LETTERS = `${lettersVocabulary(known).join("\n")}\n`;
const SPECIALS = "[PAD]\n[UNK]\n[CLS]\n[SEP]\n";

function tokenizer(vocabulary: string, lower: boolean, maxTokens = 1_000_000) {
  return createTokenizer({
    vocabulary: readVocabulary(vocabulary),
    lowerCase: lower,
    stripAccents: lower,
    splitIdeographs: true,
    maxWordLength: 200,
    maxTokens,
  });
}

/** A text's ids without [CLS] and [SEP]. */
function idsOf(encode: ReturnType<typeof tokenizer>, text: string): number[] {
  return Array.from(encode(text).ids.subarray(1, -1));
}

test("words, case, accents, ideographs and punctuation are cut as Google's code cuts them", () => {
  expect(witness.words.slice(0, SPECIAL.length).map(({ text }) => text)).toEqual(SPECIAL);
  const words = [...new Set(witness.words.flatMap(({ lower, cased }) => [...lower, ...cased]))];
  const vocabulary = `${SPECIALS}${words.join("\n")}\n`;
  const unknown = 1;
  for (const lower of [true, false]) {
    const encode = tokenizer(vocabulary, lower);
    for (const entry of witness.words) {
      const expected = lower ? entry.lower : entry.cased;
      const ids = expected.map((word) => (Array.from(word).length > 200 ? unknown : 4 + words.indexOf(word)));
      expect({ text: entry.text, lower, ids: idsOf(encode, entry.text) }).toEqual({
        text: entry.text,
        lower,
        ids,
      });
    }
  }
});

for (const { vocabulary, lower, hashes } of witness.fuzz) {
  const file = path.join(VOCABULARIES, `${vocabulary}.txt`);
  const absent = vocabulary !== "letters" && !existsSync(file);
  if (absent) process.stderr.write(`Skipped: the vocabulary ${vocabulary} is not at ${file}.\n`);
  test.skipIf(absent)(
    `${hashes.length * 500} fuzzed texts, ${vocabulary}, ${lower ? "lower-cased" : "cased"}`,
    () => {
      const encode = tokenizer(vocabulary === "letters" ? LETTERS : readFileSync(file, "utf8"), lower);
      const below = randomBelow(20181011);
      const found: string[] = [];
      for (const _ of hashes) {
        const digest = createHash("sha256");
        for (let text = 0; text < 500; text += 1) {
          digest.update(`${idsOf(encode, fuzzText(below, witness.ranges, known)).join(" ")}\n`);
        }
        found.push(digest.digest("hex").slice(0, 16));
      }
      expect(found).toEqual(hashes);
    },
  );
}

test("a vocabulary with carriage returns and its special pieces anywhere", () => {
  const encode = tokenizer("a\r\nb\r\n[SEP]\r\n##c\r\n[CLS]\r\n[UNK]\r\na\r\n", true);
  // Of equal pieces the last one counts.
  expect(Array.from(encode("A bc x").ids)).toEqual([4, 6, 1, 3, 5, 2]);
  expect(() => readVocabulary("a\nb\n[CLS]\n[SEP]\n")).toThrow("vocab.txt has no [UNK]");
});

test("a text is cut at the most tokens that the model reads, and only then called truncated", () => {
  const encode = tokenizer(LETTERS, true, 8);
  const [six, seven] = [encode("a b c d e f"), encode("a b c d e f g")];
  expect([six.ids.length, six.truncated]).toEqual([8, false]);
  expect([seven.ids.length, seven.truncated]).toEqual([8, true]);
  expect(seven.ids).toEqual(six.ids);
  expect(encode("").ids).toEqual(Int32Array.of(2, 3));
  // A word that is cut in its middle.
  expect(encode("abcdefghij")).toEqual({ ids: expect.objectContaining({ length: 8 }), truncated: true });
});

test("special pieces in a text are text", () => {
  const encode = tokenizer(`${SPECIALS}[\n]\nsep\ncls\n`, true);
  expect(Array.from(encode("[SEP] [CLS]").ids)).toEqual([2, 4, 6, 5, 4, 7, 5, 3]);
});
