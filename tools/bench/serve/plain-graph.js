/**
 * BERT as exporters write it: padded texts, one ONNX operator for each operation, every position of the last layer. What
 * "plain onnxruntime-node" runs.
 */
import { open, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { built } from "./built.js";

/** @typedef {import("../../../src/model/onnx/graph-builder.ts").GraphBuilder} Graph */

/**
 * Writes model.onnx and model.onnx.data beside each other, from a directory in Hugging Face's layout.
 * @param {string} source
 * @param {string} target an existing directory
 */
export async function writePlainGraph(source, target) {
  const [{ GraphBuilder }, { writeWeights }, { encodeModel }] = await Promise.all([
    built("model/onnx/graph-builder.js"),
    built("model/onnx/data-file.js"),
    built("model/onnx/messages.js"),
  ]);
  const config = JSON.parse(await readFile(path.join(source, "config.json"), "utf8"));
  const weights = await openSafetensors(path.join(source, "model.safetensors"));
  const graph = new GraphBuilder();
  build(graph, config, weights.add(graph));
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
 * @param {(name: string, transposed?: boolean) => string} weight
 */
function build(graph, config, weight) {
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
      node("MatMul", `${name}/product`, [input, weight(`${scope}.weight`, true)]),
      weight(`${scope}.bias`),
    ]);
  /** @param {string} name @param {string} input @param {string} scope */
  const norm = (name, input, scope) =>
    node("LayerNormalization", name, [input, weight(`${scope}.weight`), weight(`${scope}.bias`)], {
      axis: { int: 2 },
      epsilon: { float: config.layer_norm_eps },
    });
  const word = node("Gather", "word", [weight("embeddings.word_embeddings.weight"), ids]);
  const place = node("Gather", "place", [weight("embeddings.position_embeddings.weight"), positions]);
  const type = node("Gather", "type", [weight("embeddings.token_type_embeddings.weight"), types]);
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
    /** @param {Graph} graph */
    add:
      (graph) =>
      (/** @type {string} */ name, transposed = false) => {
        const [rows, columns] = header[name].shape;
        return graph.weight({
          name,
          element: "float32",
          shape: transposed ? [columns, rows] : header[name].shape,
          chunks: async function* () {
            const found = await values(name);
            const written = transposed ? transpose(found, rows, columns) : found;
            yield new Uint8Array(written.buffer, written.byteOffset, written.byteLength);
          },
        });
      },
  };
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
