import type { GraphBuilder } from "../onnx/graph-builder.ts";
import { readWhole, type Tensor } from "../tensor.ts";
import { bytesOf, columnsOf, joinedColumns } from "./weights.ts";

/** Names of a matrix of 8-bit numbers and of its columns' scales. */
export interface QuantisedWeight {
  readonly values: string;
  readonly scales: string;
}

/**
 * The largest magnitude. Processors without VNNI add pairs of products in 16 bits: 2 * 255 * 64 is the most that fits,
 * so with more than this the same model would answer differently, and wrongly, there.
 */
export const LARGEST = 64;

/** Puts kernels side by side into the graph as 8-bit numbers, symmetric, with a scale for each column. */
export function quantised(graph: GraphBuilder, name: string, kernels: readonly Tensor[]): QuantisedWeight {
  const { height, width } = columnsOf(kernels);
  // Both weights come of one reading: the data file asks for them one after the other.
  let scales: Float32Array | undefined;
  const values = graph.weight({
    name,
    element: "int8",
    shape: [height, width],
    chunks: async function* () {
      const [only, ...others] = kernels;
      const whole =
        others.length === 0 && only !== undefined ? await readWhole(only) : await joinedColumns(kernels);
      const result = quantiseColumns(whole, width);
      scales = result.scales;
      yield new Uint8Array(result.values.buffer);
    },
  });
  graph.weight({
    name: `${name}_scales`,
    element: "float32",
    shape: [width],
    chunks: async function* () {
      if (scales === undefined) throw new Error(`the scales of ${name} were asked for before its values`);
      yield bytesOf(scales);
      scales = undefined;
    },
  });
  return { values, scales: `${name}_scales` };
}

/** Rounds a row-major matrix to -LARGEST ... LARGEST times a scale for each column. */
export function quantiseColumns(
  matrix: Float32Array,
  width: number,
): { values: Int8Array; scales: Float32Array } {
  const scales = new Float32Array(width);
  for (let start = 0; start < matrix.length; start += width) {
    for (let column = 0; column < width; column += 1) {
      const size = Math.abs(matrix[start + column] as number);
      if (size > (scales[column] as number)) scales[column] = size;
    }
  }
  for (let column = 0; column < width; column += 1)
    scales[column] = (scales[column] as number) / LARGEST || 1;
  const values = new Int8Array(matrix.length);
  for (let start = 0; start < matrix.length; start += width) {
    for (let column = 0; column < width; column += 1) {
      values[start + column] = Math.round((matrix[start + column] as number) / (scales[column] as number));
    }
  }
  return { values, scales };
}
