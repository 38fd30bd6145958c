import type { ModelFile } from "./model-file.ts";

/** The forms in which model files hold their weights. */
export type FloatFormat = "float64" | "float32" | "float16" | "bfloat16";
export const FLOAT_WIDTH: Readonly<Record<FloatFormat, number>> = {
  float64: 8,
  float32: 4,
  float16: 2,
  bfloat16: 2,
};

/** Bytes that are read at a time: the memory that a conversion needs beside its largest matrix. */
const CHUNK = 4 * 1024 * 1024;

export interface FloatRange {
  readonly file: ModelFile;
  readonly offset: number;
  /** Bytes. */
  readonly length: number;
  readonly format: FloatFormat;
  /** What the values are called in an error. */
  readonly name: string;
  /** Sees every chunk's bytes as they lie in the file, before they are used. */
  readonly inspect?: (bytes: Uint8Array) => void;
}

/**
 * The values of a range as float32, in chunks of one buffer that is used again and again. Throws UserError where the
 * file ends early or a value is no number, since a model with such weights answers nothing but NaN.
 */
export async function* readFloats(range: FloatRange): AsyncGenerator<Float32Array> {
  const { file, format, length } = range;
  const buffer = new ArrayBuffer(Math.min(CHUNK, length));
  for (let done = 0; done < length;) {
    const bytes = new Uint8Array(buffer, 0, Math.min(CHUNK, length - done));
    await file.readInto(bytes, range.offset + done);
    range.inspect?.(bytes);
    const values = decode(bytes, format);
    const bad = firstNotFinite(values);
    if (bad !== undefined) {
      const index = done / FLOAT_WIDTH[format] + bad;
      throw file.corrupt(`holds a value that is no number (${values[bad]} at ${index} of ${range.name})`);
    }
    yield values;
    done += bytes.length;
  }
}

function decode(bytes: Uint8Array, format: FloatFormat): Float32Array {
  if (format === "float32") return new Float32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4);
  if (format === "float64") {
    return Float32Array.from(new Float64Array(bytes.buffer, bytes.byteOffset, bytes.length / 8));
  }
  const halves = new Uint16Array(bytes.buffer, bytes.byteOffset, bytes.length / 2);
  if (format === "float16") {
    const table = halfTable();
    return Float32Array.from(halves, (half) => table[half] as number);
  }
  const widened = Uint32Array.from(halves, (half) => half << 16);
  return new Float32Array(widened.buffer);
}

function firstNotFinite(values: Float32Array): number | undefined {
  for (let index = 0; index < values.length; index += 1) {
    const value = values[index] as number;
    // Only NaN and the infinities differ from themselves by something other than 0.
    if (value - value !== 0) return index;
  }
  return undefined;
}

let halves: Float32Array | undefined;

/** All 65,536 half-precision numbers. */
function halfTable(): Float32Array {
  halves ??= Float32Array.from({ length: 65_536 }, (_, bits) => {
    const sign = bits & 0x8000 ? -1 : 1;
    const exponent = (bits >> 10) & 31;
    const fraction = bits & 1023;
    if (exponent === 31) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
    if (exponent === 0) return sign * fraction * 2 ** -24;
    return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
  });
  return halves;
}
