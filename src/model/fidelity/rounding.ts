import { quantiseRows } from "../bert/quantised-weights.ts";
import type { Precision } from "../prepared/settings.ts";

/** What a precision does to the two sides of a product, as numbers: rounded to its steps, and back. */
export interface Rounding {
  readonly rows: (values: Float32Array, width: number) => Float32Array;
  /** Some rows of a kernel; `scales` are those of all its columns. */
  readonly kernel: (rows: Float32Array, scales: Float32Array) => Float32Array;
}

/** The rounding of a precision; for fp32 none at all. */
export function roundingOf(precision: Precision): Rounding {
  if (precision === "fp32") return { rows: (values) => values, kernel: (rows) => rows };
  return { rows: precision === "int8" ? perRun : perRow, kernel };
}

/** As DynamicQuantizeLinear: 256 steps over the range of all values, zero among them. */
function perRun(values: Float32Array): Float32Array {
  let low = 0;
  let high = 0;
  for (const value of values) {
    if (value < low) low = value;
    if (value > high) high = value;
  }
  const scale = (high - low) / 255 || 1;
  const zero = Math.round(-low / scale);
  const rounded = new Float32Array(values.length);
  for (let index = 0; index < values.length; index += 1) {
    const step = Math.round((values[index] as number) / scale) + zero;
    rounded[index] = (Math.min(255, Math.max(0, step)) - zero) * scale;
  }
  return rounded;
}

/** 127 steps to each side of zero, for each row by its own largest value. */
function perRow(values: Float32Array, width: number): Float32Array {
  const rounded = new Float32Array(values.length);
  for (let start = 0; start < values.length; start += width) {
    let largest = 0;
    for (let index = start; index < start + width; index += 1) {
      largest = Math.max(largest, Math.abs(values[index] as number));
    }
    const scale = largest / 127 || 1;
    for (let index = start; index < start + width; index += 1) {
      rounded[index] = Math.round((values[index] as number) / scale) * scale;
    }
  }
  return rounded;
}

function kernel(rows: Float32Array, scales: Float32Array): Float32Array {
  const values = quantiseRows(rows, scales);
  const width = scales.length;
  const rounded = new Float32Array(rows.length);
  for (let start = 0; start < rounded.length; start += width) {
    for (let column = 0; column < width; column += 1) {
      rounded[start + column] = (values[start + column] as number) * (scales[column] as number);
    }
  }
  return rounded;
}
