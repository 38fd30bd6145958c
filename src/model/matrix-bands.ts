import type { Tensor } from "./tensor.ts";

/** Bytes of a matrix that are in memory at a time: kernels of BERT-base fit, wider ones take several turns. */
const BAND = 16 * 1024 * 1024;

/** How many rows of so many columns a band has. */
export function rowsPerBand(columns: number, bytes: number = BAND): number {
  return Math.max(1, Math.floor(bytes / 4 / columns));
}

/** A matrix's rows, `rows` at a time, at the end what is left; a band is valid until the next one is taken. */
export async function* bandsOf(matrix: Tensor, rows: number): AsyncGenerator<Float32Array> {
  const [height = 0, columns = 0] = matrix.shape;
  const band = new Float32Array(Math.min(rows, height) * columns);
  let filled = 0;
  for await (const chunk of matrix.read()) {
    for (let taken = 0; taken < chunk.length;) {
      const part = chunk.subarray(taken, taken + band.length - filled);
      band.set(part, filled);
      taken += part.length;
      filled += part.length;
      if (filled < band.length) continue;
      yield band;
      filled = 0;
    }
  }
  if (filled > 0) yield band.subarray(0, filled);
}

/** Matrices of equal height side by side, [h, a] and [h, b] as [h, a + b], in bands of rows; each valid until the next one is taken. */
export async function* joinedBands(parts: readonly Tensor[], bytes?: number): AsyncGenerator<Float32Array> {
  const width = widthOf(parts);
  const rows = rowsPerBand(width, bytes);
  const sources = parts.map((part) => bandsOf(part, rows));
  const joined = new Float32Array(Math.min(rows, parts[0]?.shape[0] ?? 0) * width);
  for (;;) {
    // All are asked to the end: a tensor's checksum is compared behind its last value.
    const bands: Float32Array[] = [];
    for (const source of sources) {
      const { value: band, done } = await source.next();
      if (done !== true) bands.push(band);
    }
    if (bands.length < parts.length) return;
    const height = (bands[0]?.length ?? 0) / (parts[0]?.shape[1] ?? 1);
    let left = 0;
    for (const [index, band] of bands.entries()) {
      const columns = parts[index]?.shape[1] ?? 0;
      for (let row = 0; row < height; row += 1)
        joined.set(band.subarray(row * columns, (row + 1) * columns), row * width + left);
      left += columns;
    }
    yield joined.subarray(0, height * width);
  }
}

/** The columns of matrices side by side. */
export function widthOf(parts: readonly Tensor[]): number {
  return parts.reduce((sum, part) => sum + (part.shape[1] ?? 0), 0);
}

/** A matrix or a vector in the first rows and columns of a larger one, `shape`, of zeros. */
export function grown(tensor: Tensor, shape: readonly number[]): Tensor {
  if (shape.every((size, axis) => size === tensor.shape[axis])) return tensor;
  const { name, read } = tensor;
  const [height, width] = heightAndWidth(tensor.shape);
  const [tall, wide] = heightAndWidth(shape);
  const small = { name, shape: [height, width], read };
  return {
    name,
    shape,
    read: async function* () {
      yield* wide > width ? joinedBands([small, zeros(height, wide - width)]) : read();
      if (tall > height) yield* zeros(tall - height, wide).read();
    },
  };
}

function zeros(height: number, width: number): Tensor {
  return {
    name: "zeros",
    shape: [height, width],
    read: async function* () {
      yield new Float32Array(height * width);
    },
  };
}

/** A vector is a row. */
function heightAndWidth(shape: readonly number[]): [number, number] {
  return shape.length < 2 ? [1, shape[0] ?? 0] : [shape[0] ?? 0, shape[1] ?? 0];
}

/** A matrix turned over, in bands: the file is read once for each, so that no more than a band is in memory. */
export function transposed(tensor: Tensor, bytes?: number): Tensor {
  const { turned, name } = tensor;
  if (turned !== undefined) return { ...turned, name };
  const [rows = 0, columns = 0] = tensor.shape;
  return {
    name,
    shape: [columns, rows],
    turned: tensor,
    read: async function* () {
      const perBand = Math.min(columns, rowsPerBand(rows, bytes));
      const band = new Float32Array(perBand * rows);
      for (let left = 0; left < columns; left += perBand) {
        const right = Math.min(columns, left + perBand);
        let at = 0;
        for await (const chunk of tensor.read()) {
          scatter(chunk, at, { rows, columns, left, right }, band);
          at += chunk.length;
        }
        if (at !== rows * columns) throw new Error(`${name} ended after ${at} of ${rows * columns} values`);
        yield band.subarray(0, (right - left) * rows);
      }
    },
  };
}

interface Window {
  readonly rows: number;
  readonly columns: number;
  /** The columns that are wanted: from `left`, up to `right`. */
  readonly left: number;
  readonly right: number;
}

const TILE = 32;

/** Puts the values of a matrix from `at` on to where they belong in the band, by tiles: neither side leaves the processor's cache between two uses of a line. */
function scatter(
  chunk: Float32Array,
  at: number,
  { rows, columns, left, right }: Window,
  band: Float32Array,
): void {
  const end = Math.ceil((at + chunk.length) / columns);
  for (let top = Math.floor(at / columns); top < end; top += TILE) {
    const bottom = Math.min(end, top + TILE);
    for (let from = left; from < right; from += TILE) {
      const to = Math.min(right, from + TILE);
      for (let row = top; row < bottom; row += 1) {
        // The chunk may begin and end within a row.
        const start = row * columns - at;
        const stop = Math.min(to, chunk.length - start);
        for (let column = Math.max(from, -start); column < stop; column += 1)
          band[(column - left) * rows + row] = chunk[start + column] as number;
      }
    }
  }
}
