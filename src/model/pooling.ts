/**
 * How one vector is made of the last layer's rows, by sentence-transformers' names: the first row, the largest value of each
 * column, the mean, the sum over the root of the number of rows, the mean weighted by the place (1, 2, …), the last row.
 */
export type Pooling = "cls" | "max" | "mean" | "mean_sqrt_len" | "weightedmean" | "last";
export const POOLINGS: readonly Pooling[] = ["cls", "max", "mean", "mean_sqrt_len", "weightedmean", "last"];

/** Several poolings put one behind the other, as settings name them: `cls+mean`. */
export function poolingText(poolings: readonly Pooling[]): string {
  return poolings.join("+");
}
