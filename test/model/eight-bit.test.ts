import { readdir } from "node:fs/promises";
import path from "node:path";
import { expect, test } from "vitest";
import { MatrixProduct } from "../../src/model/fidelity/matrix-product.ts";
import { encode } from "../../src/model/fidelity/encoder.ts";
import { roundingOf } from "../../src/model/fidelity/rounding.ts";
import { randomNumbers } from "./random-variables.ts";
import { cosine, embed, type ReferenceModel } from "./reference.ts";
import { writeRelease } from "./release.ts";
import { largestDifference, runPrepared } from "./run-prepared.ts";
import { openWorkspace, prepare } from "./workspace.ts";

const at = await openWorkspace();
const MEASURES = {
  layers: 3,
  hidden: 96,
  heads: 4,
  intermediate: 384,
  positions: 64,
  vocabularySize: 400,
  seed: 21,
};
const variables = await writeRelease(at("source"), MEASURES);
const reference: ReferenceModel = { ...MEASURES, activation: "gelu", epsilon: 1e-12, variables };
const random = randomNumbers(7);
const TEXTS = [4, 9, 2, 17].map((length) => [
  2,
  ...Array.from({ length }, () => Math.floor(random() * 400)),
  3,
]);

for (const precision of ["int8", "int8-row"] as const) {
  for (const pooling of ["cls", "mean"] as const) {
    test(`${precision} with ${pooling} pooling is near the reference, and as near as it says`, async () => {
      const prepared = await prepare(at("source"), at(`${precision}-${pooling}`), { precision, pooling });
      const { settings, bytes } = prepared;
      expect(settings.precision).toBe(precision);
      expect(bytes).toBeLessThan(1_000_000);
      const answered = await runPrepared(prepared.directory, TEXTS);
      const cosines = TEXTS.map((ids, index) =>
        cosine(embed(reference, ids, pooling), answered[index] ?? []),
      );
      expect(Math.min(...cosines)).toBeGreaterThan(0.99);
      expect(settings.fidelity?.cosineMin).toBeGreaterThan(0.99);
      expect(settings.fidelity?.cosineMin).toBeLessThan(1);
      expect(settings.fidelity?.texts).toBe(16);
    });
  }
}

test("int8-row answers a text the same whatever shares its run; int8 need not", async () => {
  const prepared = await prepare(at("source"), at("rows"), { precision: "int8-row" });
  const together = await runPrepared(prepared.directory, TEXTS);
  for (const [index, text] of TEXTS.entries()) {
    const [alone] = await runPrepared(prepared.directory, [text]);
    expect(largestDifference([alone ?? []], [together[index] ?? []])).toBeLessThan(2e-6);
  }
});

test("what is measured is what the runtime answers", async () => {
  for (const precision of ["int8", "int8-row"] as const) {
    const prepared = await prepare(at("source"), at(`same-${precision}`), { precision });
    const answered = await runPrepared(prepared.directory, TEXTS);
    const [measured = []] = await encode(TEXTS, {
      architecture: { ...MEASURES, activation: "gelu", layerNormEpsilon: 1e-12 },
      weights: {
        tokenTypes: 2,
        tensor: (name, shape) => ({
          name,
          shape,
          read: async function* () {
            yield variables.get(`bert/${name}`)?.values ?? new Float32Array();
          },
        }),
      },
      poolings: ["cls"],
      head: [],
      roundings: [roundingOf(precision)],
      layerDone: () => {},
    });
    const cosines = measured.map((vector, index) => cosine(vector, answered[index] ?? []));
    // Not equal: a value on the edge between two steps falls to either side.
    expect(Math.min(...cosines)).toBeGreaterThan(0.999);
  }
});

test("a model below the floor is refused, and nothing is left", async () => {
  const refused = prepare(at("source"), at("floor/out"), { precision: "int8", minFidelity: 0.99999 });
  await expect(refused).rejects.toMatchObject({ reason: "fidelity-too-low", exitCode: 1 });
  await expect(readdir(path.dirname(at("floor/out")))).rejects.toMatchObject({ code: "ENOENT" });
});

test("the product kernel multiplies matrices of any shape", () => {
  const product = new MatrixProduct();
  for (const [rows, inner, columns] of [
    [1, 1, 1],
    [4, 8, 8],
    [5, 7, 3],
    [9, 33, 17],
    [130, 64, 100],
  ] as const) {
    const left = Float32Array.from({ length: rows * inner }, () => random() - 0.5);
    const right = Float32Array.from({ length: inner * columns }, () => random() - 0.5);
    const expected = Array.from({ length: rows * columns }, (_, index) => {
      const [row, column] = [Math.floor(index / columns), index % columns];
      let sum = 0;
      for (let k = 0; k < inner; k += 1)
        sum += (left[row * inner + k] ?? 0) * (right[k * columns + column] ?? 0);
      return sum;
    });
    expect(
      largestDifference([Array.from(product.multiply(left, inner, right, columns))], [expected]),
    ).toBeLessThan(1e-5);
  }
});
