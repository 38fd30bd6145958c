import { type HeadActivation, type HeadStep, SHORTEST } from "../bert/head.ts";
import { readWhole } from "../tensor.ts";

/** What a head makes of vectors, [rounding][text][width]; every weight is read once. */
export async function applyHead(
  vectors: Float32Array[][],
  head: readonly HeadStep[],
): Promise<Float32Array[][]> {
  let done = vectors;
  for (const step of head) {
    const apply = step.kind === "normalize" ? unit : await dense(step);
    done = done.map((texts) => texts.map(apply));
  }
  return done;
}

function unit(vector: Float32Array): Float32Array {
  const length = Math.max(Math.hypot(...vector), SHORTEST);
  return vector.map((value) => value / length);
}

async function dense(
  step: Extract<HeadStep, { kind: "dense" }>,
): Promise<(vector: Float32Array) => Float32Array> {
  const [, width = 0] = step.kernel.shape;
  const kernel = await readWhole(step.kernel);
  const bias = step.bias === undefined ? new Float32Array(width) : await readWhole(step.bias);
  const activate = ACTIVATE[step.activation];
  return (vector) => {
    const result = Float32Array.from(bias);
    for (const [row, value] of vector.entries()) {
      for (let column = 0; column < width; column += 1)
        result[column] = (result[column] as number) + value * (kernel[row * width + column] as number);
    }
    return result.map(activate);
  };
}

const sigmoid = (value: number): number => 1 / (1 + Math.exp(-value));

const ACTIVATE: Readonly<Record<HeadActivation, (value: number) => number>> = {
  identity: (value) => value,
  tanh: Math.tanh,
  relu: (value) => Math.max(0, value),
  // The tanh form: it differs from the exact one by less than 5e-4, far below what 8 bits lose.
  gelu: (value) => 0.5 * value * (1 + Math.tanh(0.7978845608028654 * (value + 0.044715 * value ** 3))),
  sigmoid,
  silu: (value) => value * sigmoid(value),
};
