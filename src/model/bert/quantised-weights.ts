import type { GraphBuilder } from "../onnx/graph-builder.ts";
import { joinedBands, widthOf } from "../matrix-bands.ts";
import type { Tensor } from "../tensor.ts";
import { bytesOf } from "./weights.ts";

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
  const width = widthOf(kernels);
  // Read once for the scales and once for the values: these come last in the data file, and all that is between them
  // would have to be kept otherwise.
  let known: Float32Array | undefined;
  const scalesOnce = async () => (known ??= await columnScales(kernels));
  const scales = graph.weight({
    name: `${name}_scales`,
    element: "float32",
    shape: [width],
    chunks: async function* () {
      yield bytesOf(await scalesOnce());
    },
  });
  const values = graph.weight({
    name,
    element: "int8",
    shape: [kernels[0]?.shape[0] ?? 0, width],
    repacked: true,
    chunks: async function* () {
      const ready = await scalesOnce();
      for await (const band of joinedBands(kernels)) yield new Uint8Array(quantiseRows(band, ready).buffer);
    },
  });
  return { values, scales };
}

/** The scale of each column of kernels side by side: with it the largest number is LARGEST or -LARGEST. */
export async function columnScales(kernels: readonly Tensor[]): Promise<Float32Array> {
  const scales = new Float32Array(widthOf(kernels));
  let left = 0;
  for (const kernel of kernels) {
    const columns = kernel.shape[1] ?? 0;
    await largestOf(kernel, scales.subarray(left, left + columns));
    left += columns;
  }
  return scales.map((size) => size / LARGEST || 1);
}

/** Raises each number in `largest` to the largest magnitude in its column, read in the order that the file has. */
async function largestOf({ turned, read, shape: [height = 0, width = 0] }: Tensor, largest: Float32Array) {
  const line = turned === undefined ? width : height;
  let at = 0;
  for await (const chunk of turned?.read() ?? read()) {
    for (let index = 0; index < chunk.length;) {
      const [row, begin] = [Math.floor((at + index) / line), (at + index) % line];
      const end = Math.min(line, begin + chunk.length - index);
      // A line of the file is a row of the kernel, or one of its columns.
      for (let place = begin; place < end; place += 1, index += 1) {
        const column = turned === undefined ? place : row;
        const size = Math.abs(chunk[index] as number);
        if (size > (largest[column] as number)) largest[column] = size;
      }
    }
    at += chunk.length;
  }
}

/** Rounds rows of as many columns as there are scales to -LARGEST ... LARGEST times the column's scale. */
export function quantiseRows(rows: Float32Array, scales: Float32Array): Int8Array<ArrayBuffer> {
  const width = scales.length;
  const values = new Int8Array(rows.length);
  for (let start = 0; start < rows.length; start += width) {
    for (let column = 0; column < width; column += 1) {
      values[start + column] = Math.round((rows[start + column] as number) / (scales[column] as number));
    }
  }
  return values;
}
