import type { OpenModel } from "../open-model.ts";
import type { Pooling } from "../pooling.ts";
import type { Fidelity, Precision } from "../prepared/settings.ts";
import { encode } from "./encoder.ts";
import { roundingOf } from "./rounding.ts";
import { TEXTS } from "./texts.ts";
import { tokenRows } from "./token-rows.ts";

/**
 * How far a precision's answers are from exact ones on the model's own weights, computed here in plain arithmetic with the
 * same roundings that the graph makes, layer by layer: no runtime is needed, and no more memory than one layer takes.
 */
export async function measureFidelity(
  model: OpenModel,
  { poolings, precision, layerDone }: MeasureOptions,
): Promise<Fidelity> {
  const rows = tokenRows(TEXTS, model.vocabulary, model.tokenizer).map((row) =>
    row.slice(0, model.maxTokens),
  );
  const roundings = [roundingOf("fp32"), roundingOf(precision)];
  const { architecture, weights } = model;
  const [exact = [], rounded = []] = await encode(rows, {
    architecture,
    weights,
    poolings,
    head: model.head,
    roundings,
    layerDone,
  });
  const cosines = exact.map((vector, index) => cosine(vector, rounded[index] as Float32Array));
  const changes = exact.flatMap((_, a) =>
    exact.slice(a + 1).map((__, offset) => {
      const b = a + 1 + offset;
      return Math.abs(similarity(exact, a, b) - similarity(rounded, a, b));
    }),
  );
  return {
    texts: rows.length,
    cosineMin: short(Math.min(...cosines)),
    cosineMean: short(meanOf(cosines)),
    similarityChangeMax: short(Math.max(...changes)),
    similarityChangeMean: short(meanOf(changes)),
  };
}

export interface MeasureOptions {
  readonly poolings: readonly Pooling[];
  readonly precision: Precision;
  readonly layerDone: (layer: number) => void;
}

function similarity(vectors: readonly Float32Array[], a: number, b: number): number {
  return cosine(vectors[a] as Float32Array, vectors[b] as Float32Array);
}

function cosine(a: Float32Array, b: Float32Array): number {
  let [dot, aa, bb] = [0, 0, 0];
  for (let index = 0; index < a.length; index += 1) {
    dot += (a[index] as number) * (b[index] as number);
    aa += (a[index] as number) ** 2;
    bb += (b[index] as number) ** 2;
  }
  return dot / Math.sqrt(aa * bb);
}

function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** Five digits: more would differ between processors, and equal models must give equal files. */
function short(value: number): number {
  return Math.round(value * 1e5) / 1e5;
}
