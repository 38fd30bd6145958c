/** @import { Tensor } from "onnxruntime-node" */
/** @import { GraphCall } from "../model/graph-call.js" */
/** @import { Packed } from "./pack.js" */

/**
 * The inputs of an exported graph: texts of a run as rows of one length, filled up behind their ends.
 * @param {typeof Tensor} TensorType
 * @param {Packed} packed
 * @param {GraphCall} graph
 * @returns {Record<string, Tensor>}
 */
export function paddedFeeds(TensorType, packed, { inputs, padding }) {
  const { texts, longest, lengths, grid } = packed;
  const shape = [texts, longest];
  /** @param {"ids" | "mask" | "types" | "positions"} value @param {(cell: number, number: number) => void} put */
  const fill = (value, put) => {
    for (let text = 0; text < texts; text++) {
      const length = lengths[text] ?? 0;
      for (let position = 0; position < longest; position++) {
        const cell = text * longest + position;
        const real = position < length;
        if (value === "ids") put(cell, real ? (packed.ids[grid[cell] ?? 0] ?? padding) : padding);
        else if (value === "mask") put(cell, real ? 1 : 0);
        else put(cell, value === "positions" ? position : 0);
      }
    }
  };
  return Object.fromEntries(
    inputs.map(({ name, type, value }) => {
      if (type === "int32") {
        const numbers = new Int32Array(texts * longest);
        fill(value, (cell, number) => (numbers[cell] = number));
        return [name, new TensorType("int32", numbers, shape)];
      }
      // Each 64-bit number as two of 32: twice as fast as BigInts.
      const halves = new Int32Array(2 * texts * longest);
      fill(value, (cell, number) => (halves[2 * cell] = number));
      return [name, new TensorType("int64", new BigInt64Array(halves.buffer), shape)];
    }),
  );
}

/**
 * One vector a text, of the graph's output: as it is, or pooled over each text's own rows.
 * @param {Tensor} output
 * @param {Packed} packed
 * @param {{ graph: GraphCall, pooling: string, hidden: number }} model
 */
export function poolOutput(output, packed, { graph, pooling, hidden }) {
  const { texts, longest, lengths } = packed;
  const values = floats(output);
  const expected = graph.holds === "vectors" ? texts * hidden : texts * longest * hidden;
  if (values.length !== expected)
    throw new Error(
      `the graph's ${graph.output} has ${values.length} numbers; bertops.json means ${expected}`,
    );
  if (graph.holds === "vectors") return values;
  const pooled = new Float32Array(texts * hidden);
  for (let text = 0; text < texts; text++) {
    const length = lengths[text] ?? 1;
    const begin = text * longest * hidden;
    const vector = pooled.subarray(text * hidden, (text + 1) * hidden);
    if (pooling === "mean") addRows(vector, values, begin, length);
    else {
      const row = begin + (pooling === "last" ? length - 1 : 0) * hidden;
      vector.set(values.subarray(row, row + hidden));
    }
  }
  return pooled;
}

/** @param {Float32Array} vector @param {Float32Array} values @param {number} begin @param {number} rows */
function addRows(vector, values, begin, rows) {
  const width = vector.length;
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < width; column++)
      vector[column] = (vector[column] ?? 0) + (values[begin + row * width + column] ?? 0) / rows;
  }
}

/** @param {Tensor} output @returns {Float32Array} */
function floats({ type, data }) {
  if (data instanceof Float32Array) return data;
  if (type === "float16" && data instanceof Uint16Array) return Float32Array.from(data, halfToFloat);
  // Newer versions of Node have an array of halves of their own.
  if (type === "float16" && ArrayBuffer.isView(data))
    return Float32Array.from(new Uint16Array(data.buffer, data.byteOffset, data.byteLength / 2), halfToFloat);
  throw new Error(`the graph answers with ${type}, not with floats`);
}

/** @param {number} bits of an IEEE 754 half */
function halfToFloat(bits) {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 31;
  const fraction = bits & 1023;
  if (exponent === 31) return fraction === 0 ? sign * Infinity : Number.NaN;
  return exponent === 0 ? sign * fraction * 2 ** -24 : sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}
