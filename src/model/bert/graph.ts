import { GraphBuilder } from "../onnx/graph-builder.ts";
import { grown } from "../matrix-bands.ts";
import type { Pooling } from "../pooling.ts";
import type { Precision } from "../prepared/settings.ts";
import type { Architecture, BertWeights } from "./architecture.ts";
import { type Dense, denseFor, type Product } from "./dense.ts";
import { applyHead, type HeadStep, headWidth } from "./head.ts";
import { pooled } from "./pooled.ts";
import { joinVectors, positionTable, streamed } from "./weights.ts";

/**
 * The encoder over packed rows: dense operators work on the T tokens of all texts at once and see no padding; only
 * attention sees [texts, longest text], gathered by `grid` and scattered back by `rows`. See docs/model-format.md.
 */
export function buildGraph(
  architecture: Architecture,
  weights: BertWeights,
  { poolings, head = [], precision }: GraphOptions,
): GraphBuilder {
  const graph = new GraphBuilder();
  const inputs: PackedInputs = {
    ids: graph.input("ids", "int32", [1, "tokens"]),
    positions: graph.input("positions", "int32", [1, "tokens"]),
    lengths: graph.input("lengths", "int32", ["texts"]),
    grid: graph.input("grid", "int32", ["texts", "longest"]),
    rows: graph.input("rows", "int32", [1, "tokens"]),
  };
  const dense = denseFor(graph, precision);
  const context: Context = {
    graph,
    architecture,
    weights,
    inputs,
    dense,
    ...shared(graph, architecture, inputs),
  };
  // Nothing reads the other rows of the last layer.
  const firstRows = poolings.every((pooling) => pooling === "cls");
  let hidden = embed(context);
  for (let layer = 0; layer < architecture.layers; layer += 1) {
    const only = firstRows && layer === architecture.layers - 1;
    hidden = only ? firstRowLayer(context, layer, hidden) : fullLayer(context, layer, hidden);
  }
  const vectors = firstRows ? hidden : pooled(context, hidden, poolings);
  const pooledWidth = poolings.length * architecture.hidden;
  const width = headWidth(head, pooledWidth);
  const rows = (name: string, value: string, columns: number) =>
    graph.standard("Reshape", name, [value, graph.integers([-1, columns], [2], "int64")]);
  const finished =
    head.length === 0 ? vectors : applyHead(graph, rows("pooled_rows", vectors, pooledWidth), head);
  rows("embeddings", finished, width);
  graph.output("embeddings", "float32", ["texts", width]);
  return graph;
}

export interface GraphOptions {
  /** One or more; several are put one behind the other. */
  readonly poolings: readonly Pooling[];
  /** What is done with the pooled vectors. */
  readonly head?: readonly HeadStep[];
  readonly precision: Precision;
}

interface PackedInputs {
  readonly ids: string;
  readonly positions: string;
  readonly lengths: string;
  readonly grid: string;
  readonly rows: string;
}

interface Context extends Shared {
  readonly graph: GraphBuilder;
  readonly architecture: Architecture;
  readonly weights: BertWeights;
  readonly inputs: PackedInputs;
  readonly dense: Dense;
}

interface Shared {
  /** The shape [-1, hidden]. */
  readonly flat: string;
  /** For a matrix of `parts` blocks of columns seen as rows: the row of block `part` of each grid cell. */
  readonly blocks: (parts: number, part: number) => string;
}

function shared(graph: GraphBuilder, architecture: Architecture, inputs: PackedInputs): Shared {
  const made = new Set<string>();
  return {
    flat: graph.integers([-1, architecture.hidden], [2], "int64"),
    blocks: (parts, part) => {
      const scaled = `grid_x${parts}`;
      if (!made.has(scaled)) {
        graph.standard("Mul", scaled, [inputs.grid, graph.integers([parts], [], "int32")]);
        made.add(scaled);
      }
      if (part === 0) return scaled;
      const name = `${scaled}_${part}`;
      if (!made.has(name)) graph.standard("Add", name, [scaled, graph.integers([part], [], "int32")]);
      made.add(name);
      return name;
    },
  };
}

function embed({ graph, architecture, weights, inputs }: Context): string {
  const { hidden, vocabularySize } = architecture;
  const words = streamed(graph, weights.tensor("embeddings/word_embeddings", [vocabularySize, hidden]));
  const positions = positionTable(graph, architecture, weights);
  const gamma = streamed(graph, weights.tensor("embeddings/LayerNorm/gamma", [hidden]));
  const beta = streamed(graph, weights.tensor("embeddings/LayerNorm/beta", [hidden]));
  return graph.node(
    "com.microsoft",
    "EmbedLayerNormalization",
    ["embedded", "embedded_mask"],
    [inputs.ids, "", words, positions, "", gamma, beta, "", inputs.positions],
    { epsilon: { float: architecture.layerNormEpsilon } },
  );
}

function fullLayer(context: Context, layer: number, hidden: string): string {
  const { graph, inputs, flat } = context;
  const name = `layer_${layer}`;
  const kernels = selfKernels(context, layer);
  const all = [kernels.query, kernels.key, kernels.value];
  const projected = context.dense.multiply(`${name}/qkv`, hidden, `${name}/qkv_kernel`, all);
  const stacked = graph.standard("Reshape", `${name}/qkv_rows`, [projected.value, flat]);
  const [query, key, value] = ["query", "key", "value"].map((part, index) =>
    graph.standard("Gather", `${name}/${part}`, [stacked, context.blocks(3, index)]),
  );
  const attended = attend(context, layer, [query ?? "", key ?? "", value ?? ""]);
  const cells = graph.standard("Reshape", `${name}/attended_cells`, [attended, flat]);
  const packed = graph.standard("Gather", `${name}/attended_rows`, [cells, inputs.rows]);
  return feedForward(context, layer, packed, hidden);
}

/** Keys and values for every token, all else for the first row of each text only: exact, since nothing reads the rest. */
function firstRowLayer(context: Context, layer: number, hidden: string): string {
  const { graph, inputs, flat } = context;
  const name = `layer_${layer}`;
  const kernels = selfKernels(context, layer);
  const cells = graph.standard("Gather", "first_cells", [inputs.grid, graph.integers([0], [1], "int32")], {
    axis: { int: 1 },
  });
  const starts = graph.standard("Reshape", "starts", [cells, graph.integers([1, -1], [2], "int64")]);
  const rows = graph.standard("Reshape", `${name}/rows`, [hidden, flat]);
  const first = graph.standard("Gather", `${name}/first`, [rows, starts]);
  const width = context.architecture.hidden;
  const column = graph.integers([-1, 1, width], [3], "int64");
  const query = graph.standard("Reshape", `${name}/query_column`, [
    context.dense.multiply(`${name}/query`, first, `${name}/query_kernel`, [kernels.query]).value,
    column,
  ]);
  const both = [kernels.key, kernels.value];
  const projected = context.dense.multiply(`${name}/kv`, hidden, `${name}/kv_kernel`, both);
  const stacked = graph.standard("Reshape", `${name}/kv_rows`, [projected.value, flat]);
  const key = graph.standard("Gather", `${name}/key`, [stacked, context.blocks(2, 0)]);
  const value = graph.standard("Gather", `${name}/value`, [stacked, context.blocks(2, 1)]);
  const attended = graph.standard("Reshape", `${name}/attended_row`, [
    attend(context, layer, [query, key, value]),
    graph.integers([1, -1, width], [3], "int64"),
  ]);
  return feedForward(context, layer, attended, first);
}

function selfKernels({ architecture, weights }: Context, layer: number) {
  const at = `encoder/layer_${layer}/attention/self`;
  const shape = [architecture.hidden, architecture.hidden];
  return {
    query: weights.tensor(`${at}/query/kernel`, shape),
    key: weights.tensor(`${at}/key/kernel`, shape),
    value: weights.tensor(`${at}/value/kernel`, shape),
  };
}

function attend(
  { graph, architecture, weights, inputs }: Context,
  layer: number,
  qkv: readonly string[],
): string {
  const biases = ["query", "key", "value"].map((part) =>
    weights.tensor(`encoder/layer_${layer}/attention/self/${part}/bias`, [architecture.hidden]),
  );
  const bias = joinVectors(graph, `layer_${layer}/qkv_bias`, biases);
  return graph.runtime("MultiHeadAttention", `layer_${layer}/attended`, [...qkv, bias, inputs.lengths], {
    num_heads: { int: architecture.heads },
  });
}

function feedForward(context: Context, layer: number, attended: string, residual: string): string {
  const { graph, architecture, weights, dense } = context;
  const { hidden, intermediate } = architecture;
  const name = `layer_${layer}`;
  const at = `encoder/${name}`;
  // Made wide here, where it costs nothing, and not between the two products.
  const inner = dense.bestWidth(intermediate);
  const multiply = (
    output: string,
    input: string,
    variable: string,
    [height, width]: [number, number],
    [tall, wide]: [number, number] = [height, width],
  ) =>
    dense.multiply(
      `${name}/${output}`,
      input,
      `${name}/${output}_kernel`,
      [grown(weights.tensor(`${at}/${variable}/kernel`, [height, width]), [tall, wide])],
      streamed(graph, grown(weights.tensor(`${at}/${variable}/bias`, [width]), [wide])),
    );
  const projected = multiply("projected", attended, "attention/output/dense", [hidden, hidden]);
  const normed = normalise(context, `${name}/normed`, projected, residual, `${at}/attention/output`);
  const widened = multiply("widened", normed, "intermediate/dense", [hidden, intermediate], [hidden, inner]);
  const active = activate(context, `${name}/active`, widened);
  const narrowed = multiply("narrowed", active, "output/dense", [intermediate, hidden], [inner, hidden]);
  return normalise(context, `${name}/output`, narrowed, normed, `${at}/output`);
}

/** The normalised sum of a product and what went around it. */
function normalise(
  { graph, architecture, weights }: Context,
  output: string,
  { value, bias }: Product,
  around: string,
  at: string,
): string {
  const vector = (variable: string) =>
    streamed(graph, weights.tensor(`${at}/LayerNorm/${variable}`, [architecture.hidden]));
  const skipped = graph.standard("Add", `${output}_skipped`, [value, around]);
  const sum = bias === undefined ? skipped : graph.standard("Add", `${output}_sum`, [skipped, bias]);
  return graph.standard("LayerNormalization", output, [sum, vector("gamma"), vector("beta")], {
    axis: { int: 2 },
    epsilon: { float: architecture.layerNormEpsilon },
  });
}

function activate({ graph, architecture }: Context, output: string, { value, bias }: Product): string {
  const { activation } = architecture;
  if (activation === "gelu") {
    return bias === undefined
      ? graph.runtime("Gelu", output, [value])
      : graph.runtime("BiasGelu", output, [value, bias]);
  }
  if (activation === "gelu_tanh") {
    return graph.runtime("FastGelu", output, bias === undefined ? [value] : [value, bias]);
  }
  const sum = bias === undefined ? value : graph.standard("Add", `${output}_biased`, [value, bias]);
  return graph.standard("Relu", output, [sum]);
}
