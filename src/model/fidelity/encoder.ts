import type { Activation, Architecture, BertWeights } from "../bert/architecture.ts";
import type { HeadStep } from "../bert/head.ts";
import type { Pooling } from "../pooling.ts";
import { readWhole } from "../tensor.ts";
import { dense } from "./dense.ts";
import { MatrixProduct } from "./matrix-product.ts";
import { applyHead } from "./head.ts";
import { pool, type Span } from "./pool.ts";
import type { Rounding } from "./rounding.ts";

export interface EncodeOptions {
  readonly architecture: Architecture;
  readonly weights: BertWeights;
  readonly poolings: readonly Pooling[];
  readonly head: readonly HeadStep[];
  /** The ways of computing that are compared; every weight is read once for all of them. */
  readonly roundings: readonly Rounding[];
  /** Called after each layer, before the next one is read. */
  readonly layerDone: (layer: number) => void;
}

/** The embeddings of the rows, for each rounding: [rounding][text][dimensions]. One layer's weights are in memory at a time. */
export async function encode(
  rows: readonly (readonly number[])[],
  options: EncodeOptions,
): Promise<Float32Array[][]> {
  const { architecture, roundings, poolings } = options;
  const { hidden, layers } = architecture;
  const texts = textsOf(rows);
  const product = new MatrixProduct();
  const embedded = await embed(rows, options);
  let states: readonly Float32Array[] = roundings.map(() => embedded);
  let left = texts;
  for (let layer = 0; layer < layers; layer += 1) {
    const first = layer === layers - 1 && poolings.every((pooling) => pooling === "cls");
    states = await encodeLayer(states, { ...options, layer, texts, first, product });
    if (first) left = texts.map((_, index) => ({ start: index, length: 1 }));
    options.layerDone(layer);
  }
  const vectors = states.map((state) => left.map((span) => pool(state, span, hidden, poolings)));
  return applyHead(vectors, options.head);
}

function textsOf(rows: readonly (readonly number[])[]): Span[] {
  let start = 0;
  return rows.map((row) => {
    const span = { start, length: row.length };
    start += row.length;
    return span;
  });
}

async function embed(rows: readonly (readonly number[])[], options: EncodeOptions): Promise<Float32Array> {
  const { architecture, weights } = options;
  const { hidden, vocabularySize, positions, layerNormEpsilon } = architecture;
  const words = weights.tensor("embeddings/word_embeddings", [vocabularySize, hidden]);
  const table = await readWhole(weights.tensor("embeddings/position_embeddings", [positions, hidden]));
  const types =
    weights.tokenTypes === 0
      ? new Float32Array(hidden)
      : await readWhole(weights.tensor("embeddings/token_type_embeddings", [weights.tokenTypes, hidden]));
  const state = Float32Array.from(
    rows.flatMap((row) =>
      row.flatMap((_, position) => Array.from(table.subarray(position * hidden, (position + 1) * hidden))),
    ),
  );
  const wanted = new Map<number, number[]>();
  for (const [index, id] of rows.flat().entries()) wanted.set(id, [...(wanted.get(id) ?? []), index]);
  let at = 0;
  for await (const chunk of words.read()) {
    for (const [id, places] of wanted) {
      const begin = Math.max(0, id * hidden - at);
      const end = Math.min(chunk.length, (id + 1) * hidden - at);
      for (const place of places) {
        for (let index = begin; index < end; index += 1) {
          const target = place * hidden + (at + index - id * hidden);
          state[target] =
            (state[target] as number) + (chunk[index] as number) + (types[(at + index) % hidden] as number);
        }
      }
    }
    at += chunk.length;
  }
  const gamma = await readWhole(weights.tensor("embeddings/LayerNorm/gamma", [hidden]));
  const beta = await readWhole(weights.tensor("embeddings/LayerNorm/beta", [hidden]));
  return normalise(state, gamma, beta, layerNormEpsilon);
}

interface LayerOptions extends EncodeOptions {
  readonly product: MatrixProduct;
  readonly layer: number;
  readonly texts: readonly Span[];
  /** Only the first row of each text goes on: the last layer of [CLS] pooling. */
  readonly first: boolean;
}

async function encodeLayer(states: readonly Float32Array[], options: LayerOptions): Promise<Float32Array[]> {
  const { architecture, texts } = options;
  const { hidden, intermediate, heads, layerNormEpsilon: epsilon } = architecture;
  const kept = states.map((state) => (options.first ? firstRows(state, texts, hidden) : state));
  const queries = await dense(kept, "attention/self/query", [hidden, hidden], options);
  const keys = await dense(states, "attention/self/key", [hidden, hidden], options);
  const values = await dense(states, "attention/self/value", [hidden, hidden], options);
  const attended = queries.map((query, index) =>
    attend(query, keys[index] as Float32Array, values[index] as Float32Array, {
      texts,
      heads,
      hidden,
      first: options.first,
    }),
  );
  const projected = await dense(attended, "attention/output/dense", [hidden, hidden], options);
  const normed = await norms(projected, kept, "attention/output/LayerNorm", options, epsilon);
  const widened = await dense(normed, "intermediate/dense", [hidden, intermediate], options);
  const active = widened.map((state) => state.map((value) => activate(value, architecture.activation)));
  const narrowed = await dense(active, "output/dense", [intermediate, hidden], options);
  return norms(narrowed, normed, "output/LayerNorm", options, epsilon);
}

async function norms(
  states: readonly Float32Array[],
  residuals: readonly Float32Array[],
  scope: string,
  { weights, layer, architecture }: LayerOptions,
  epsilon: number,
): Promise<Float32Array[]> {
  const at = `encoder/layer_${layer}/${scope}`;
  const gamma = await readWhole(weights.tensor(`${at}/gamma`, [architecture.hidden]));
  const beta = await readWhole(weights.tensor(`${at}/beta`, [architecture.hidden]));
  return states.map((state, index) => {
    const residual = residuals[index] as Float32Array;
    const sum = state.map((value, place) => value + (residual[place] as number));
    return normalise(sum, gamma, beta, epsilon);
  });
}

function normalise(
  state: Float32Array,
  gamma: Float32Array,
  beta: Float32Array,
  epsilon: number,
): Float32Array {
  const width = gamma.length;
  const result = new Float32Array(state.length);
  for (let start = 0; start < state.length; start += width) {
    let mean = 0;
    for (let index = 0; index < width; index += 1) mean += (state[start + index] as number) / width;
    let variance = 0;
    for (let index = 0; index < width; index += 1)
      variance += ((state[start + index] as number) - mean) ** 2 / width;
    const scale = 1 / Math.sqrt(variance + epsilon);
    for (let index = 0; index < width; index += 1) {
      const centred = ((state[start + index] as number) - mean) * scale;
      result[start + index] = centred * (gamma[index] as number) + (beta[index] as number);
    }
  }
  return result;
}

interface Attention {
  readonly texts: readonly Span[];
  readonly heads: number;
  readonly hidden: number;
  readonly first: boolean;
}

function attend(
  query: Float32Array,
  key: Float32Array,
  value: Float32Array,
  options: Attention,
): Float32Array {
  const { heads, hidden, first } = options;
  const width = hidden / heads;
  const result = new Float32Array(query.length);
  for (const [text, { start, length }] of options.texts.entries()) {
    const from = first ? text : start;
    for (let row = from; row < from + (first ? 1 : length); row += 1) {
      for (let head = 0; head < hidden; head += width) {
        const scores = Array.from({ length }, (_, column) => {
          let sum = 0;
          for (let index = head; index < head + width; index += 1) {
            sum +=
              (query[row * hidden + index] as number) * (key[(start + column) * hidden + index] as number);
          }
          return sum / Math.sqrt(width);
        });
        const top = Math.max(...scores);
        const shares = scores.map((score) => Math.exp(score - top));
        const total = shares.reduce((sum, share) => sum + share, 0);
        for (const [column, share] of shares.entries()) {
          for (let index = head; index < head + width; index += 1) {
            const place = row * hidden + index;
            const added = (share / total) * (value[(start + column) * hidden + index] as number);
            result[place] = (result[place] as number) + added;
          }
        }
      }
    }
  }
  return result;
}

function firstRows(state: Float32Array, texts: readonly Span[], hidden: number): Float32Array {
  const rows = new Float32Array(texts.length * hidden);
  for (const [index, { start }] of texts.entries()) {
    rows.set(state.subarray(start * hidden, (start + 1) * hidden), index * hidden);
  }
  return rows;
}

function activate(value: number, activation: Activation): number {
  if (activation === "relu") return Math.max(0, value);
  // The two forms of GELU differ by less than 5e-4, far below what 8 bits lose.
  return 0.5 * value * (1 + Math.tanh(0.7978845608028654 * (value + 0.044715 * value * value * value)));
}
