/**
 * BERT as exporters write it: padded texts, one ONNX operator for each operation, every position of the last layer. What
 * "plain onnxruntime-node" runs.
 */
import { open, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { built } from "./built.js";

/** @typedef {import("../../../src/model/onnx/graph-builder.ts").GraphBuilder} Graph */

/**
 * Puts a weight into the graph: as it is, transposed, or transposed with one scale for all its numbers.
 * @typedef {object} Weights
 * @property {(name: string) => string} vector
 * @property {(name: string) => string} matrix
 * @property {(name: string) => { values: string, scale: string }} quantised
 */

/**
 * Writes model.onnx and model.onnx.data beside each other, from a directory in Hugging Face's layout.
 * @param {string} source
 * @param {string} target an existing directory
 * @param {"fp32" | "int8"} precision int8 is what onnxruntime's quantize_dynamic makes of the dense layers
 */
export async function writePlainGraph(source, target, precision) {
  const [{ GraphBuilder }, { writeWeights }, { encodeModel }] = await Promise.all([
    built("model/onnx/graph-builder.js"),
    built("model/onnx/data-file.js"),
    built("model/onnx/messages.js"),
  ]);
  const config = JSON.parse(await readFile(path.join(source, "config.json"), "utf8"));
  const weights = await openSafetensors(path.join(source, "model.safetensors"));
  const graph = new GraphBuilder();
  build(graph, config, weights.add(graph), precision);
  const out = await open(path.join(target, "model.onnx.data"), "w");
  const sink = { write: async (/** @type {Uint8Array} */ bytes) => void (await out.write(bytes)) };
  const placements = await writeWeights(graph.weights, "model.onnx.data", sink, () => {});
  await out.close();
  await weights.close();
  await writeFile(path.join(target, "model.onnx"), encodeModel(graph.finish("plain", placements)));
}

/**
 * @param {Graph} graph
 * @param {{ hidden_size: number, num_attention_heads: number, num_hidden_layers: number, layer_norm_eps: number }} config
 * @param {Weights} weight
 * @param {"fp32" | "int8"} precision
 */
function build(graph, config, weight, precision) {
  const { hidden_size: hidden, num_attention_heads: heads } = config;
  const width = hidden / heads;
  const ids = graph.input("ids", "int32", ["texts", "longest"]);
  const positions = graph.input("positions", "int32", [1, "longest"]);
  const mask = graph.input("mask", "float32", ["texts", 1, 1, "longest"]);
  const types = graph.input("types", "int32", ["texts", "longest"]);
  /** @param {string} operator @param {string} name @param {string[]} inputs @param {Record<string, any>} [attributes] */
  const node = (operator, name, inputs, attributes) => graph.standard(operator, name, inputs, attributes);
  /** @param {string} name @param {string} input @param {string} scope */
  const dense = (name, input, scope) =>
    node("Add", `${name}/biased`, [
      precision === "fp32"
        ? node("MatMul", `${name}/product`, [input, weight.matrix(`${scope}.weight`)])
        : integerProduct(graph, `${name}/product`, input, weight.quantised(`${scope}.weight`)),
      weight.vector(`${scope}.bias`),
    ]);
  /** @param {string} name @param {string} input @param {string} scope */
  const norm = (name, input, scope) =>
    node(
      "LayerNormalization",
      name,
      [input, weight.vector(`${scope}.weight`), weight.vector(`${scope}.bias`)],
      {
        axis: { int: 2 },
        epsilon: { float: config.layer_norm_eps },
      },
    );
  const word = node("Gather", "word", [weight.vector("embeddings.word_embeddings.weight"), ids]);
  const place = node("Gather", "place", [weight.vector("embeddings.position_embeddings.weight"), positions]);
  const type = node("Gather", "type", [weight.vector("embeddings.token_type_embeddings.weight"), types]);
  let x = norm(
    "embedded",
    node("Add", "sum", [node("Add", "sum_type", [word, type]), place]),
    "embeddings.LayerNorm",
  );
  const split = graph.integers([0, 0, heads, width], [4], "int64");
  const joined = graph.integers([0, 0, hidden], [3], "int64");
  const scale = graph.floats([1 / Math.sqrt(width)], []);
  for (let layer = 0; layer < config.num_hidden_layers; layer += 1) {
    const at = `encoder.layer.${layer}`;
    const name = `l${layer}`;
    const [query = "", key = "", value = ""] = ["query", "key", "value"].map((part) =>
      node(
        "Transpose",
        `${name}/${part}`,
        [
          node("Reshape", `${name}/${part}_heads`, [
            dense(`${name}/${part}_dense`, x, `${at}.attention.self.${part}`),
            split,
          ]),
        ],
        { perm: { ints: part === "key" ? [0, 2, 3, 1] : [0, 2, 1, 3] } },
      ),
    );
    const scores = node("Mul", `${name}/scaled`, [node("MatMul", `${name}/scores`, [query, key]), scale]);
    const shares = node("Softmax", `${name}/shares`, [node("Add", `${name}/masked`, [scores, mask])], {
      axis: { int: 3 },
    });
    const context = node("Transpose", `${name}/context`, [node("MatMul", `${name}/mixed`, [shares, value])], {
      perm: { ints: [0, 2, 1, 3] },
    });
    const attended = dense(
      `${name}/attended`,
      node("Reshape", `${name}/joined`, [context, joined]),
      `${at}.attention.output.dense`,
    );
    const middle = norm(
      `${name}/middle`,
      node("Add", `${name}/residual`, [attended, x]),
      `${at}.attention.output.LayerNorm`,
    );
    const active = gelu(graph, `${name}/gelu`, dense(`${name}/wide`, middle, `${at}.intermediate.dense`));
    const narrow = dense(`${name}/narrow`, active, `${at}.output.dense`);
    x = norm(`${name}/out`, node("Add", `${name}/residual_out`, [narrow, middle]), `${at}.output.LayerNorm`);
  }
  const first = graph.standard("Gather", "embeddings", [x, graph.integers([0], [], "int32")], {
    axis: { int: 1 },
  });
  graph.output(first, "float32", ["texts", hidden]);
}

/**
 * Inputs are quantised once for all products that take them.
 * @param {Graph} graph @param {string} name @param {string} input @param {{ values: string, scale: string }} weight
 */
function integerProduct(graph, name, input, { values, scale }) {
  const [quantised, inputScale, zero] = [`${input}/q`, `${input}/q_scale`, `${input}/q_zero`];
  if (!known.get(graph)?.has(input)) {
    known.set(graph, (known.get(graph) ?? new Set()).add(input));
    graph.node("", "DynamicQuantizeLinear", [quantised, inputScale, zero], [input]);
  }
  const product = graph.standard("MatMulInteger", `${name}/integers`, [quantised, values, zero]);
  const scales = graph.standard("Mul", `${name}/scales`, [inputScale, scale]);
  const floats = graph.standard("Cast", `${name}/floats`, [product], { to: { int: 1 } });
  return graph.standard("Mul", name, [floats, scales]);
}

/** @type {WeakMap<Graph, Set<string>>} */
const known = new WeakMap();

/** @param {Graph} graph @param {string} name @param {string} input */
function gelu(graph, name, input) {
  const inner = graph.standard("Erf", `${name}/erf`, [
    graph.standard("Div", `${name}/root`, [input, graph.floats([Math.SQRT2], [])]),
  ]);
  const shifted = graph.standard("Add", `${name}/shifted`, [inner, graph.floats([1], [])]);
  const product = graph.standard("Mul", `${name}/product`, [input, shifted]);
  return graph.standard("Mul", `${name}/half`, [product, graph.floats([0.5], [])]);
}

/** @param {string} file */
async function openSafetensors(file) {
  const handle = await open(file, "r");
  const length = Number((await handle.read(Buffer.alloc(8), 0, 8, 0)).buffer.readBigUInt64LE());
  const header = JSON.parse((await handle.read(Buffer.alloc(length), 0, length, 8)).buffer.toString("utf8"));
  /** @param {string} name @returns {Promise<Float32Array>} */
  const values = async (name) => {
    const [from, to] = header[name].data_offsets;
    const bytes = Buffer.alloc(to - from);
    await handle.read(bytes, 0, bytes.length, 8 + length + from);
    return new Float32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4);
  };
  return {
    close: () => handle.close(),
    /** @param {Graph} graph @returns {Weights} */
    add: (graph) => ({
      vector: (name) =>
        graph.weight({
          name,
          element: "float32",
          shape: header[name].shape,
          chunks: async function* () {
            yield bytesOf(await values(name));
          },
        }),
      matrix: (name) => {
        const [rows, columns] = header[name].shape;
        return graph.weight({
          name,
          element: "float32",
          shape: [columns, rows],
          chunks: async function* () {
            yield bytesOf(transpose(await values(name), rows, columns));
          },
        });
      },
      quantised: (name) => {
        const [rows, columns] = header[name].shape;
        const scaleOf = (/** @type {Float32Array} */ found) =>
          found.reduce((most, value) => Math.max(most, Math.abs(value)), 0) / 127;
        const scale = graph.weight({
          name: `${name}_scale`,
          element: "float32",
          shape: [],
          chunks: async function* () {
            yield bytesOf(Float32Array.of(scaleOf(await values(name))));
          },
        });
        const written = graph.weight({
          name,
          element: "int8",
          shape: [columns, rows],
          chunks: async function* () {
            const found = transpose(await values(name), rows, columns);
            const step = scaleOf(found);
            yield new Uint8Array(Int8Array.from(found, (value) => Math.round(value / step)).buffer);
          },
        });
        return { values: written, scale };
      },
    }),
  };
}

/** @param {Float32Array} values */
function bytesOf(values) {
  return new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
}

/** @param {Float32Array} values @param {number} rows @param {number} columns */
function transpose(values, rows, columns) {
  const turned = new Float32Array(values.length);
  for (let row = 0; row < rows; row += 1) {
    for (let column = 0; column < columns; column += 1) {
      turned[column * rows + row] = values[row * columns + column] ?? 0;
    }
  }
  return turned;
}
