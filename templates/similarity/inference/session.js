import { pack } from "./pack.js";
import { paddedFeeds, poolOutput } from "./padded.js";

/** @import { InferenceSession, Tensor } from "onnxruntime-node" */
/** @import { Description } from "../model/description.js" */
/** @import { Packed } from "./pack.js" */

/**
 * @typedef {object} Session
 * @property {(packed: Packed) => Promise<Float32Array>} run one embedding after the other
 */

/**
 * A model as ONNX Runtime takes it: the graph's path, with the weights beside it, or both in memory.
 * @typedef {{ path: string } | { graph: Buffer, externalData: { path: string, data: Buffer }[] }} ModelSource
 */

/**
 * Makes ONNX Runtime ready to run a model.
 * @param {ModelSource} source
 * @param {Description} description
 * @param {number} threads
 * @returns {Promise<Session>}
 */
export async function openSession(source, description, threads) {
  const runtime = await loadRuntime();
  /** @type {InferenceSession.SessionOptions} */
  const options = {
    // More threads than cores are twice as slow, and so is one.
    intraOpNumThreads: threads,
    // The default spins: an idle service would burn a tenth of a core.
    extra: {
      session: { "intra_op.spin_duration_us": "200" },
      // It makes one operator of a sum and its LayerNormalization, which takes four times as long as the two.
      optimization: { disable_specified_optimizers: "SkipLayerNormFusion" },
    },
    // A plan of memory is worth making for a shape that comes again; of ours hardly one does, and the plans take a third more.
    enableMemPattern: false,
    logSeverityLevel: 3,
  };
  const { InferenceSession: sessions } = runtime;
  const session =
    "path" in source
      ? await sessions.create(source.path, options)
      : await sessions.create(source.graph, {
          ...options,
          externalData: source.externalData,
        });
  const { graph, pooling, hidden } = description;
  if (graph !== undefined) {
    return {
      run: async (packed) => {
        const result = await session.run(paddedFeeds(runtime.Tensor, packed, graph), [graph.output]);
        const output = result[graph.output];
        if (output === undefined) throw new Error(`the graph has no output ${graph.output}`);
        return poolOutput(output, packed, { graph, pooling, hidden });
      },
    };
  }
  return {
    run: async (packed) => {
      const result = await session.run(feeds(runtime.Tensor, packed));
      const embeddings = result.embeddings?.data;
      if (!(embeddings instanceof Float32Array))
        throw new Error("the graph has no float32 output `embeddings`");
      return embeddings;
    },
  };
}

/**
 * Answers once, so that the first request finds everything in place; throws when the answer is no number.
 * @param {Session} session
 * @param {{ first: number, last: number, hidden: number }} model tokens at the ends of every text
 */
export async function warmUp(session, { first, last, hidden }) {
  const texts = [Int32Array.of(first, last), Int32Array.of(first, first, last)];
  const embeddings = await session.run(pack(texts));
  if (embeddings.length !== 2 * hidden) {
    throw new Error(
      `the graph's embeddings have ${embeddings.length / 2} numbers; bertops.json says ${hidden}`,
    );
  }
  if (!embeddings.every(Number.isFinite))
    throw new Error("the model answers with what is no number: its weights are damaged");
}

/**
 * ONNX Runtime itself; worth asking for before there is a model, since its library takes a while to load.
 * @returns {Promise<{ InferenceSession: typeof InferenceSession, Tensor: typeof Tensor }>}
 */
export async function loadRuntime() {
  // `bertops serve` runs this file where onnxruntime-node is not beside it, and says where it is.
  const elsewhere = process.env.BERTOPS_ONNXRUNTIME;
  const loaded = await import(elsewhere ?? "onnxruntime-node");
  return loaded.default ?? loaded;
}

/** @param {typeof Tensor} TensorType @param {Packed} packed @returns {InferenceSession.FeedsType} */
function feeds(TensorType, packed) {
  const { texts, tokens, longest } = packed;
  return {
    ids: new TensorType("int32", packed.ids, [1, tokens]),
    positions: new TensorType("int32", packed.positions, [1, tokens]),
    lengths: new TensorType("int32", packed.lengths, [texts]),
    grid: new TensorType("int32", packed.grid, [texts, longest]),
    rows: new TensorType("int32", packed.rows, [1, tokens]),
  };
}
