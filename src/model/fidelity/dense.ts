import type { BertWeights } from "../bert/architecture.ts";
import { columnScales } from "../bert/quantised-weights.ts";
import { bandsOf, rowsPerBand } from "../matrix-bands.ts";
import { readWhole } from "../tensor.ts";
import type { MatrixProduct } from "./matrix-product.ts";
import type { Rounding } from "./rounding.ts";

export interface DenseOptions {
  readonly weights: BertWeights;
  readonly roundings: readonly Rounding[];
  readonly layer: number;
  readonly product: MatrixProduct;
}

/** A dense layer's product and bias for each rounding's states, [rows, inner]; the kernel passes by in bands, for all of them at once. */
export async function dense(
  states: readonly Float32Array[],
  scope: string,
  [inner, columns]: readonly [number, number],
  { weights, roundings, layer, product }: DenseOptions,
): Promise<Float32Array[]> {
  const at = `encoder/layer_${layer}/${scope}`;
  const kernel = weights.tensor(`${at}/kernel`, [inner, columns]);
  const bias = await readWhole(weights.tensor(`${at}/bias`, [columns]));
  const scales = await columnScales([kernel]);
  const sides = states.map((state, index) => (roundings[index] as Rounding).rows(state, inner));
  const sums = sides.map((side) => new Float32Array((side.length / inner) * columns));
  let top = 0;
  for await (const band of bandsOf(kernel, rowsPerBand(columns))) {
    const height = band.length / columns;
    for (const [index, side] of sides.entries()) {
      const part = columnsFrom(side, inner, top, height);
      const right = (roundings[index] as Rounding).kernel(band, scales);
      product.multiply(part, height, right, columns, sums[index]);
    }
    top += height;
  }
  return sums.map((sum) => sum.map((value, place) => value + (bias[place % columns] as number)));
}

/** `count` columns of a row-major matrix of `width` columns, from `first` on. */
function columnsFrom(matrix: Float32Array, width: number, first: number, count: number): Float32Array {
  if (count === width) return matrix;
  const part = new Float32Array((matrix.length / width) * count);
  for (let row = 0; row < matrix.length / width; row += 1)
    part.set(matrix.subarray(row * width + first, row * width + first + count), row * count);
  return part;
}
