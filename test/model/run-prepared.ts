import { createRequire } from "node:module";
import path from "node:path";
import type * as Ort from "onnxruntime-node";
import { pack } from "./packing.ts";

// A CommonJS package whose names Node cannot see before it runs.
const ort = createRequire(import.meta.url)("onnxruntime-node") as typeof Ort;

/** Runs a prepared model on token rows, all texts in one run; one vector a text. */
export async function runPrepared(
  directory: string,
  texts: readonly (readonly number[])[],
): Promise<number[][]> {
  const session = await ort.InferenceSession.create(path.join(directory, "model.onnx"), {
    intraOpNumThreads: 1,
    executionMode: "sequential",
  });
  try {
    const packed = Object.entries(pack(texts));
    const feeds = packed.map(
      ([name, { data, dims }]) => [name, new ort.Tensor("int32", data, dims)] as const,
    );
    const { embeddings } = await session.run(Object.fromEntries(feeds));
    if (embeddings === undefined) throw new Error("the model has no output called embeddings");
    const values = Array.from(embeddings.data as Float32Array);
    const width = values.length / texts.length;
    return texts.map((_, index) => values.slice(index * width, (index + 1) * width));
  } finally {
    await session.release();
  }
}

/** The largest difference between two sets of vectors. */
export function largestDifference(
  a: readonly (readonly number[])[],
  b: readonly (readonly number[])[],
): number {
  let largest = a.length === b.length ? 0 : Number.POSITIVE_INFINITY;
  for (const [index, row] of a.entries()) {
    for (const [column, value] of row.entries()) {
      const difference = Math.abs(value - (b[index]?.[column] ?? Number.NaN));
      // NaN counts as infinitely far.
      if (!(difference <= largest))
        largest = Number.isNaN(difference) ? Number.POSITIVE_INFINITY : difference;
    }
  }
  return largest;
}
