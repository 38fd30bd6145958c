import { readFile } from "node:fs/promises";
import path from "node:path";
import { expect, test } from "vitest";
import { type Measures, randomNumbers } from "./random-variables.ts";
import { cosine, embed, type ReferenceModel } from "./reference.ts";
import { writeRelease } from "./release.ts";
import { largestDifference, runPrepared } from "./run-prepared.ts";
import { openWorkspace, prepare } from "./workspace.ts";

const at = await openWorkspace();

interface Case {
  readonly name: string;
  readonly measures: Measures;
  readonly cased: boolean;
  readonly activation: "gelu" | "gelu_tanh" | "relu";
}

const CASES: readonly Case[] = [
  {
    name: "one narrow layer, uncased",
    measures: {
      layers: 1,
      hidden: 32,
      heads: 2,
      intermediate: 64,
      positions: 64,
      vocabularySize: 60,
      seed: 11,
    },
    cased: false,
    activation: "gelu",
  },
  {
    name: "three layers, odd widths, cased",
    measures: {
      layers: 3,
      hidden: 60,
      heads: 5,
      intermediate: 97,
      positions: 50,
      vocabularySize: 333,
      seed: 12,
    },
    cased: true,
    activation: "gelu",
  },
  {
    name: "six layers, tanh form",
    measures: {
      layers: 6,
      hidden: 96,
      heads: 12,
      intermediate: 384,
      positions: 128,
      vocabularySize: 500,
      seed: 13,
    },
    cased: false,
    activation: "gelu_tanh",
  },
  {
    name: "two wide layers, relu, cased",
    measures: {
      layers: 2,
      hidden: 128,
      heads: 2,
      intermediate: 512,
      positions: 40,
      vocabularySize: 1000,
      seed: 14,
    },
    cased: true,
    activation: "relu",
  },
  {
    name: "a layer whose rows are made wider in memory, inside and out",
    measures: {
      layers: 2,
      hidden: 1024,
      heads: 16,
      intermediate: 2048,
      positions: 12,
      vocabularySize: 100,
      seed: 15,
    },
    cased: false,
    activation: "gelu",
  },
];

for (const { name, measures, cased, activation } of CASES) {
  test(`${name}: embeddings and similarities are the reference's`, async () => {
    const source = at(`source-${measures.seed}`);
    const variables = await writeRelease(source, measures, { cased, activation });
    const model: ReferenceModel = { ...measures, activation, epsilon: 1e-12, variables };
    const texts = randomTexts(measures);
    for (const pooling of ["cls", "mean"] as const) {
      const prepared = await prepare(source, at(`prepared-${measures.seed}-${pooling}`), { pooling });
      expect(prepared.settings.tokenizer.lowerCase).toBe(!cased);
      expect(prepared.settings.activation).toBe(activation);
      const expected = texts.map((ids) => embed(model, ids, pooling));
      const answered = await runPrepared(prepared.directory, texts);
      expect(largestDifference(answered, expected)).toBeLessThan(5e-6);
      const similarities = (vectors: number[][]) => vectors.map((vector) => cosine(vectors[0] ?? [], vector));
      expect(largestDifference([similarities(answered)], [similarities(expected)])).toBeLessThan(5e-6);
      // The same texts one at a time: packing is nothing that an answer could show.
      for (const [index, text] of texts.entries()) {
        const [alone] = await runPrepared(prepared.directory, [text]);
        expect(largestDifference([alone ?? []], [answered[index] ?? []])).toBeLessThan(2e-6);
      }
    }
  });
}

test("the settings count the encoder's parameters and name no path", async () => {
  const measures = CASES[0]?.measures as Measures;
  const variables = await writeRelease(at("count"), measures);
  const prepared = await prepare(at("count"), at("count-prepared"));
  const encoder = [...variables].filter(([name]) => !name.includes("pooler"));
  const parameters = encoder.reduce((sum, [, { values }]) => sum + values.length, 0);
  expect(prepared.settings.parameters).toBe(parameters);
  const text = await readFile(path.join(prepared.directory, "bertops.json"), "utf8");
  expect(text).not.toContain(path.dirname(at("count")));
});

/** Texts of all lengths, from [CLS] [SEP] alone to as many tokens as there are positions. */
function randomTexts(measures: Measures): number[][] {
  const random = randomNumbers(measures.seed + 100);
  return [2, 3, 7, measures.positions, 12].map((length) => [
    2,
    ...Array.from({ length: length - 2 }, () => Math.floor(random() * measures.vocabularySize)),
    3,
  ]);
}
