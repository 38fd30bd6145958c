import { createRequire } from "node:module";
import { readFile } from "node:fs/promises";
import path from "node:path";
import type * as Ort from "onnxruntime-node";
import type { PaddedSettings } from "../../src/model/prepared/settings.ts";

// A CommonJS package whose names Node cannot see before it runs.
const ort = createRequire(import.meta.url)("onnxruntime-node") as typeof Ort;

/**
 * Runs a prepared export as docs/model-format.md says, with nothing but its own files: all texts in one padded run. One
 * vector a text, not normalised.
 */
export async function runPadded(
  directory: string,
  texts: readonly (readonly number[])[],
): Promise<number[][]> {
  const settings = JSON.parse(await readFile(path.join(directory, "bertops.json"), "utf8")) as PaddedSettings;
  const { graph, hidden, pooling } = settings;
  const longest = Math.max(...texts.map((ids) => ids.length));
  const cells = texts.flatMap((ids) =>
    Array.from({ length: longest }, (_, at) => ({ id: ids[at] ?? graph.padding, at, real: at < ids.length })),
  );
  const session = await ort.InferenceSession.create(path.join(directory, "model.onnx"));
  try {
    const feeds = graph.inputs.map(({ name, type, value }) => {
      const numbers = cells.map(
        ({ id, at, real }) => ({ ids: id, mask: real ? 1 : 0, types: 0, positions: at })[value],
      );
      const data = type === "int64" ? BigInt64Array.from(numbers, BigInt) : Int32Array.from(numbers);
      return [name, new ort.Tensor(type, data, [texts.length, longest])] as const;
    });
    const output = (await session.run(Object.fromEntries(feeds)))[graph.output];
    if (output === undefined) throw new Error(`the graph has no output ${graph.output}`);
    const values = Array.from(output.data as Float32Array);
    if (graph.holds === "vectors") return texts.map((_, b) => values.slice(b * hidden, (b + 1) * hidden));
    return texts.map((ids, b) => {
      const row = (at: number) => values.slice((b * longest + at) * hidden, (b * longest + at + 1) * hidden);
      if (pooling === "cls") return row(0);
      if (pooling === "last") return row(ids.length - 1);
      return row(0).map(
        (_, column) => ids.reduce((sum, __, at) => sum + (row(at)[column] ?? 0), 0) / ids.length,
      );
    });
  } finally {
    await session.release();
  }
}
