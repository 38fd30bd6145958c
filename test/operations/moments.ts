/** Moments of a transfer, as shares of it: the same in every run. */
export function moments(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return 0.02 + (0.96 * state) / 2 ** 32;
  };
}
