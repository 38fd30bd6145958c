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
  const [only, ...others] = kernels;
  // Read once for the scales and once for the values: these come last in the data file, and all that is between them
  // would have to be kept otherwise.
  const matrix = () => (others.length === 0 && only !== undefined ? readWhole(only) : joinedColumns(kernels));
  const scales = graph.weight({
    name: `${name}_scales`,
    element: "float32",
    shape: [width],
    chunks: async function* () {
      yield bytesOf(scalesOfColumns(await matrix(), width));
    },
  });
  const values = graph.weight({
    name,
    element: "int8",
    shape: [height, width],
    repacked: true,
    chunks: async function* () {
      yield new Uint8Array(quantiseColumns(await matrix(), width).values.buffer);
    },
  });
  return { values, scales };
}

/** Rounds a row-major matrix to -LARGEST ... LARGEST times a scale for each column. */
export function quantiseColumns(
  matrix: Float32Array,
  width: number,
): { values: Int8Array; scales: Float32Array } {
  const scales = scalesOfColumns(matrix, width);
  const values = new Int8Array(matrix.length);
  for (let start = 0; start < matrix.length; start += width) {
    for (let column = 0; column < width; column += 1) {
      values[start + column] = Math.round((matrix[start + column] as number) / (scales[column] as number));
    }
  }
  return { values, scales };
}

function scalesOfColumns(matrix: Float32Array, width: number): Float32Array {
  const scales = new Float32Array(width);
  for (let start = 0; start < matrix.length; start += width) {
    for (let column = 0; column < width; column += 1) {
      const size = Math.abs(matrix[start + column] as number);
      if (size > (scales[column] as number)) scales[column] = size;
    }
  }
  for (let column = 0; column < width; column += 1)
    scales[column] = (scales[column] as number) / LARGEST || 1;
  return scales;
}
