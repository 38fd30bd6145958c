/**
 * A tensor of a model file: its shape, and its values as float32 in row-major order, in chunks that are read when they
 * are asked for. Reading it to the end checks it (checksum, not-a-number); a chunk is valid until the next one is taken.
 */
export interface Tensor {
  readonly name: string;
  readonly shape: readonly number[];
  readonly read: () => AsyncIterable<Float32Array>;
  /** The same matrix turned over, where that is how it lies in the file. */
  readonly turned?: Tensor;
}

/** The tensors of one model, by the names that its files have for them. */
export interface TensorStore {
  /** What errors call it: the file or the prefix. */
  readonly path: string;
  readonly names: readonly string[];
  readonly shape: (name: string) => readonly number[] | undefined;
  /** A tensor of floats that `names` has; its bounds are checked now, its content when it is read. */
  readonly tensor: (name: string) => Tensor;
  readonly close: () => Promise<void>;
}

/** The number of values in a tensor of this shape. */
export function sizeOf(shape: readonly number[]): number {
  return shape.reduce((product, size) => product * size, 1);
}

/** The whole tensor in memory; for biases and position tables, not for matrices and word embeddings. */
export async function readWhole(tensor: Tensor): Promise<Float32Array> {
  const whole = new Float32Array(sizeOf(tensor.shape));
  let filled = 0;
  for await (const chunk of tensor.read()) {
    whole.set(chunk, filled);
    filled += chunk.length;
  }
  if (filled !== whole.length)
    throw new Error(`${tensor.name} ended after ${filled} of ${whole.length} values`);
  return whole;
}
