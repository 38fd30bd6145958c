/** A BERT of random weights in Hugging Face's layout, which every contender can read: speed does not depend on what they are. */
import { once } from "node:events";
import { createWriteStream } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import path from "node:path";

/**
 * @typedef {object} Size
 * @property {number} layers
 * @property {number} hidden
 * @property {number} heads
 */

/** @type {Readonly<Record<string, Size>>} */
export const SIZES = {
  base: { layers: 12, hidden: 768, heads: 12 },
  small: { layers: 4, hidden: 512, heads: 8 },
};
const VOCABULARY = 30_522;
const POSITIONS = 512;

/** Words that are one piece each, so that a text's tokens can be counted by its words. */
export function words() {
  const letters = "abcdefghijklmnopqrstuvwxyz";
  return Array.from({ length: VOCABULARY - 5 }, (_, number) =>
    [17_576, 676, 26, 1].map((place) => letters[Math.floor(number / place) % 26]).join(""),
  );
}

/**
 * @param {string} directory
 * @param {Size} size
 */
export async function writeRandomModel(directory, { layers, hidden, heads }) {
  await mkdir(directory, { recursive: true });
  const file = (/** @type {string} */ name) => path.join(directory, name);
  const config = {
    architectures: ["BertModel"],
    model_type: "bert",
    hidden_act: "gelu",
    hidden_size: hidden,
    intermediate_size: 4 * hidden,
    layer_norm_eps: 1e-12,
    max_position_embeddings: POSITIONS,
    num_attention_heads: heads,
    num_hidden_layers: layers,
    type_vocab_size: 2,
    vocab_size: VOCABULARY,
    pad_token_id: 0,
    position_embedding_type: "absolute",
    torch_dtype: "float32",
  };
  await writeFile(file("config.json"), JSON.stringify(config, null, 2));
  const special = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"];
  await writeFile(file("vocab.txt"), [...special, ...words()].map((piece) => `${piece}\n`).join(""));
  const tokenizer = { tokenizer_class: "BertTokenizer", do_lower_case: true, model_max_length: POSITIONS };
  await writeFile(file("tokenizer_config.json"), JSON.stringify(tokenizer));
  await writeSafetensors(file("model.safetensors"), variables({ layers, hidden }));
}

/** @param {{ layers: number, hidden: number }} size @returns {[string, number[]][]} */
function variables({ layers, hidden }) {
  /** @param {string} name @param {number} to @param {number} from @returns {[string, number[]][]} */
  const dense = (name, to, from) => [
    [`${name}.weight`, [to, from]],
    [`${name}.bias`, [to]],
  ];
  /** @param {string} name @returns {[string, number[]][]} */
  const norm = (name) => [
    [`${name}.weight`, [hidden]],
    [`${name}.bias`, [hidden]],
  ];
  return [
    ["embeddings.word_embeddings.weight", [VOCABULARY, hidden]],
    ["embeddings.position_embeddings.weight", [POSITIONS, hidden]],
    ["embeddings.token_type_embeddings.weight", [2, hidden]],
    ...norm("embeddings.LayerNorm"),
    ...Array.from({ length: layers }, (_, layer) => `encoder.layer.${layer}`).flatMap((layer) => [
      ...["query", "key", "value"].flatMap((part) =>
        dense(`${layer}.attention.self.${part}`, hidden, hidden),
      ),
      ...dense(`${layer}.attention.output.dense`, hidden, hidden),
      ...norm(`${layer}.attention.output.LayerNorm`),
      ...dense(`${layer}.intermediate.dense`, 4 * hidden, hidden),
      ...dense(`${layer}.output.dense`, hidden, 4 * hidden),
      ...norm(`${layer}.output.LayerNorm`),
    ]),
    ...dense("pooler.dense", hidden, hidden),
  ];
}

/** @param {string} file @param {[string, number[]][]} list */
async function writeSafetensors(file, list) {
  const noise = Float32Array.from(
    { length: 1 << 20 },
    () => (Math.random() + Math.random() + Math.random() - 1.5) * 0.07,
  );
  const ones = new Float32Array(1 << 14).fill(1);
  /** @type {Record<string, unknown>} */
  const header = { __metadata__: { format: "pt" } };
  let offset = 0;
  for (const [name, shape] of list) {
    const bytes = shape.reduce((product, side) => product * side, 4);
    header[name] = { dtype: "F32", shape, data_offsets: [offset, offset + bytes] };
    offset += bytes;
  }
  const text = Buffer.from(JSON.stringify(header));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(text.length));
  const out = createWriteStream(file);
  out.write(length);
  out.write(text);
  for (const [name, shape] of list) {
    let left = shape.reduce((product, side) => product * side, 1);
    const source = name.endsWith("LayerNorm.weight") ? ones : noise;
    while (left > 0) {
      const count = Math.min(left, source.length);
      const from = Math.floor(Math.random() * (source.length - count));
      if (!out.write(new Uint8Array(source.buffer, from * 4, count * 4))) await once(out, "drain");
      left -= count;
    }
  }
  out.end();
  await once(out, "close");
}
