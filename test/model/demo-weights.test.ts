import { createHash } from "node:crypto";
import { readdir, readFile, stat } from "node:fs/promises";
import path from "node:path";
import { expect, test } from "vitest";
import { createTokenizer } from "../../templates/similarity/tokenizer/tokenizer.js";
import { readVocabulary } from "../../templates/similarity/tokenizer/vocabulary.js";
import { cosine } from "./reference.ts";
import { runPrepared } from "./run-prepared.ts";
import { fixture, openWorkspace, prepare } from "./workspace.ts";

// What tools/demo-model committed: weights by its own writer, and cosines of transformers' BertModel over them.
const at = await openWorkspace();
const demo = path.join(import.meta.dirname, "../../models/demo");

interface Reference {
  readonly dataSha256: string;
  readonly maxTokens: number;
  readonly texts: readonly string[];
  readonly ids: readonly (readonly number[])[];
  /** Row i holds the cosines with texts 0 to i. */
  readonly cosines: readonly (readonly number[])[];
}

const reference = JSON.parse(await readFile(fixture("demo-reference.json"), "utf8")) as Reference;

test("the demo model is what the reference was made from, and small", async () => {
  const data = await readFile(path.join(demo, "bert_model.ckpt.data-00000-of-00001"));
  expect(createHash("sha256").update(data).digest("hex")).toBe(reference.dataSha256);
  const sizes = await Promise.all(
    (await readdir(demo)).map(async (name) => (await stat(path.join(demo, name))).size),
  );
  expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThan(7_500_000);
});

test("the service's tokenizer cuts the texts as the tokenizers library does", async () => {
  const tokenize = createTokenizer({
    vocabulary: readVocabulary(await readFile(path.join(demo, "vocab.txt"), "utf8")),
    lowerCase: true,
    stripAccents: true,
    splitIdeographs: true,
    maxWordLength: 200,
    maxTokens: reference.maxTokens,
  });
  expect(reference.texts.map((text) => [...tokenize(text).ids])).toEqual(reference.ids);
});

test("the converted demo model gives transformers' cosines, and JSON is data and no banana", async () => {
  const prepared = await prepare(demo, at("demo"));
  expect(prepared.settings).toMatchObject({
    layers: 2,
    hidden: 192,
    heads: 3,
    maxTokens: reference.maxTokens,
    activation: "gelu",
    pooling: "cls",
    tokenizer: { lowerCase: true },
  });
  const vectors = await runPrepared(prepared.directory, reference.ids);
  const answered = vectors.map((row, i) => vectors.slice(0, i + 1).map((other) => cosine(row, other)));
  for (const [i, row] of reference.cosines.entries())
    for (const [j, expected] of row.entries()) expect(answered[i]?.[j]).toBeCloseTo(expected, 4);

  const toJson = (text: string) => answered[reference.texts.indexOf(text)]?.[0] ?? Number.NaN;
  const wanted = ["text", "format", "data", "data format"].map(toJson);
  const strange = ["banana", "dog", "the weather is nice"].map(toJson);
  expect(Math.min(...wanted)).toBeGreaterThan(Math.max(...strange) + 0.1);
});
