import { mkdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { writeExport } from "./onnx-export.js";
import { writeSafetensors } from "./safetensors.js";
import { writeTensorflow } from "./tensorflow.js";
import { writeTorch } from "./torch.js";

/** @import { Measures, Variable } from "./variables.js" */

/**
 * How a form of model is written; `data` names the file of weights that comes out, `kept` says that precisions do not apply, and
 * `torch` that Python's torch writes it.
 * @typedef {object} Form
 * @property {(directory: string, measures: Measures, variables: Variable[], python: string) => Promise<void>} write
 * @property {string} [data]
 * @property {boolean} [kept]
 * @property {boolean} [torch]
 */

/** @type {Readonly<Record<string, Form>>} */
export const FORMS = {
  tensorflow: {
    write: async (directory, measures, variables) => {
      await describe(directory, "bert_config.json", measures);
      await writeTensorflow(path.join(directory, "bert_model.ckpt"), variables);
    },
  },
  safetensors: {
    write: async (directory, measures, variables) => {
      await describe(directory, "config.json", measures);
      await writeSafetensors(directory, variables);
    },
  },
  pytorch: {
    torch: true,
    write: async (directory, measures, variables, python) => {
      await describe(directory, "config.json", measures);
      writeTorch(directory, variables, python, { legacy: false });
    },
  },
  "pytorch-legacy": {
    torch: true,
    write: async (directory, measures, variables, python) => {
      await describe(directory, "config.json", measures);
      writeTorch(directory, variables, python, { legacy: true });
    },
  },
  onnx: {
    data: "model.onnx_data",
    kept: true,
    write: async (directory, measures) => {
      await mkdir(directory);
      await writeExport(directory, measures);
    },
  },
};

/** @param {string} directory @param {string} file @param {Measures} measures */
async function describe(directory, file, { layers, hidden, pieces }) {
  await mkdir(directory);
  const config = {
    hidden_size: hidden,
    num_hidden_layers: layers,
    num_attention_heads: hidden / 64,
    intermediate_size: 4 * hidden,
    max_position_embeddings: 512,
    type_vocab_size: 2,
    vocab_size: pieces,
    hidden_act: "gelu",
  };
  await writeFile(path.join(directory, file), JSON.stringify(config));
  const special = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"];
  const names = Array.from({ length: pieces }, (_, id) => special[id] ?? `w${id}`);
  await writeFile(path.join(directory, "vocab.txt"), names.map((name) => `${name}\n`).join(""));
}
