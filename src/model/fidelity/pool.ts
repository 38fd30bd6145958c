import type { Pooling } from "../pooling.ts";

/** The rows of one text. */
export interface Span {
  readonly start: number;
  readonly length: number;
}

/** The vector of one text: its rows of `state`, [rows, width], pooled; several poolings one behind the other. */
export function pool(
  state: Float32Array,
  { start, length }: Span,
  width: number,
  poolings: readonly Pooling[],
): Float32Array {
  const vector = new Float32Array(width * poolings.length);
  for (const [part, pooling] of poolings.entries()) {
    for (let column = 0; column < width; column += 1) {
      const values = Array.from({ length }, (_, row) => state[(start + row) * width + column] as number);
      vector[part * width + column] = POOL[pooling](values);
    }
  }
  return vector;
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

/** One column of a text's rows as one number. */
const POOL: Readonly<Record<Pooling, (values: readonly number[]) => number>> = {
  cls: (values) => values[0] as number,
  max: (values) => Math.max(...values),
  mean: (values) => sum(values) / values.length,
  mean_sqrt_len: (values) => sum(values) / Math.sqrt(values.length),
  weightedmean: (values) =>
    sum(values.map((value, place) => value * (place + 1))) / sum(values.map((_, place) => place + 1)),
  last: (values) => values.at(-1) as number,
};
