// Measures a conversion's time and peak memory: `npm run build && node tools/measure-conversion.mjs [--precision int8]
// [--form tensorflow|safetensors|pytorch|onnx] [--python PYTHON, with torch, for pytorch] [--layers N] [--hidden N] [--pieces N]`. The default is as large as BERT's largest
// (multilingual vocabulary, 12 layers of 768). TensorFlow checkpoints hold random numbers; the others are sparse files of
// zeros, several gigabytes of which take no time to make. The promise: the peak stays under the largest tensor plus 300 MB.
import { execFileSync, spawn } from "node:child_process";
import { mkdir, mkdtemp, open, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { parseArgs } from "node:util";

// The built program, which is not there yet when types are checked.
const built = (/** @type {string} */ name) => import(new URL(`../dist/model/${name}`, import.meta.url).href);
const { writeBundle } = await built("checkpoint/write-bundle.js");
const { encodeModel } = await built("onnx/messages.js");

const { values: asked } = parseArgs({
  options: {
    precision: { type: "string", default: "fp32" },
    form: { type: "string", default: "tensorflow" },
    layers: { type: "string", default: "12" },
    hidden: { type: "string", default: "768" },
    pieces: { type: "string", default: "119547" },
    python: { type: "string", default: "python3" },
  },
});
const { precision, form } = asked;
const [layers, hidden, pieces] = [Number(asked.layers), Number(asked.hidden), Number(asked.pieces)];
const heads = hidden / 64;
const intermediate = 4 * hidden;
const work = await mkdtemp(path.join(process.env["TMPDIR"] ?? tmpdir(), "bertops-measure-"));
try {
  await writeModel(path.join(work, "in"));
  const report = path.join(work, "peak");
  const hook = `process.on("exit",()=>require("fs").writeFileSync(${JSON.stringify(report)},String(process.resourceUsage().maxRSS)))`;
  await writeFile(path.join(work, "hook.cjs"), hook);
  const begun = performance.now();
  const bin = path.join(import.meta.dirname, "../bin/bertops.js");
  const flags = [
    "convert",
    path.join(work, "in"),
    path.join(work, "out"),
    "--precision",
    precision,
    "--json",
  ];
  const child = spawn(process.execPath, ["--require", path.join(work, "hook.cjs"), bin, ...flags], {
    stdio: ["ignore", "ignore", "inherit"],
  });
  const code = await new Promise((resolve) => child.once("exit", resolve));
  const seconds = (performance.now() - begun) / 1000;
  const peak = Number(await readFile(report, "utf8")) / 1024;
  const largest = (pieces * hidden * 4) / 2 ** 20;
  const data = form === "onnx" ? "model.onnx_data" : "model.onnx.data";
  const written = (await stat(path.join(work, "out", data))).size / 2 ** 20;
  console.log(
    `exit ${code}: ${seconds.toFixed(1)} s, peak ${peak.toFixed(0)} MiB, largest tensor ${largest.toFixed(0)} MiB, wrote ${written.toFixed(0)} MiB`,
  );
  process.exitCode = code === 0 && peak < largest + 300 ? 0 : 1;
} finally {
  await rm(work, { recursive: true, force: true });
}

/** @param {string} directory */
async function writeModel(directory) {
  await mkdir(directory);
  const config = {
    hidden_size: hidden,
    num_hidden_layers: layers,
    num_attention_heads: heads,
    intermediate_size: intermediate,
    max_position_embeddings: 512,
    type_vocab_size: 2,
    vocab_size: pieces,
    hidden_act: "gelu",
  };
  const configFile = form === "tensorflow" ? "bert_config.json" : "config.json";
  await writeFile(path.join(directory, configFile), JSON.stringify(config));
  const special = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"];
  const names = Array.from({ length: pieces }, (_, id) => special[id] ?? `w${id}`);
  await writeFile(path.join(directory, "vocab.txt"), names.map((name) => `${name}\n`).join(""));
  /** @type {{ name: string, shape: number[], values: () => Float32Array }[]} */
  const variables = [];
  let state = 1;
  /** @type {(name: string, shape: number[], scale: number) => void} */
  const add = (name, shape, scale) => {
    const values = () =>
      Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, () => {
        state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
        return scale * (state / 2 ** 31 - 1);
      });
    variables.push({ name: `bert/${name}`, shape, values });
  };
  /** @param {string} scope */
  const norm = (scope) => {
    add(`${scope}/LayerNorm/gamma`, [hidden], 1);
    add(`${scope}/LayerNorm/beta`, [hidden], 0.1);
  };
  /** @type {(scope: string, from: number, to: number) => void} */
  const dense = (scope, from, to) => {
    add(`${scope}/kernel`, [from, to], 1.7 / Math.sqrt(from));
    add(`${scope}/bias`, [to], 0.1);
  };
  add("embeddings/word_embeddings", [pieces, hidden], 0.5);
  add("embeddings/position_embeddings", [512, hidden], 0.5);
  add("embeddings/token_type_embeddings", [2, hidden], 0.5);
  norm("embeddings");
  for (let layer = 0; layer < layers; layer += 1) {
    const scope = `encoder/layer_${layer}`;
    for (const part of ["query", "key", "value"]) dense(`${scope}/attention/self/${part}`, hidden, hidden);
    dense(`${scope}/attention/output/dense`, hidden, hidden);
    norm(`${scope}/attention/output`);
    dense(`${scope}/intermediate/dense`, hidden, intermediate);
    dense(`${scope}/output/dense`, intermediate, hidden);
    norm(`${scope}/output`);
  }
  if (form === "tensorflow") await writeBundle(path.join(directory, "bert_model.ckpt"), variables);
  else if (form === "safetensors") await writeSafetensors(directory, variables);
  else if (form === "pytorch") writeTorch(directory, variables);
  else await writeExport(directory);
}

/** As Hugging Face names and turns them, in two files. @param {string} directory @param {{ name: string, shape: number[] }[]} variables */
async function writeSafetensors(directory, variables) {
  /** @type {Record<string, string>} */
  const map = {};
  for (const part of [0, 1]) {
    const file = `model-0000${part + 1}-of-00002.safetensors`;
    let end = 0;
    /** @type {Record<string, unknown>} */
    const header = {};
    for (const [index, { name, shape }] of variables.entries()) {
      if (index % 2 !== part) continue;
      const [renamed, turned] = torchForm(name, shape);
      const begin = end;
      end += 4 * shape.reduce((a, b) => a * b, 1);
      header[renamed] = { dtype: "F32", shape: turned, data_offsets: [begin, end] };
      map[renamed] = file;
    }
    const text = Buffer.from(JSON.stringify(header));
    const size = Buffer.alloc(8);
    size.writeBigUInt64LE(BigInt(text.length));
    await writeSparse(path.join(directory, file), Buffer.concat([size, text]), 8 + text.length + end);
  }
  const index = path.join(directory, "model.safetensors.index.json");
  await writeFile(index, JSON.stringify({ weight_map: map }));
}

/** The name and the shape that torch has for a variable. @param {string} name @param {number[]} shape @returns {[string, number[]]} */
function torchForm(name, shape) {
  const renamed = name
    .replace("layer_", "layer.")
    .replaceAll("/", ".")
    .replace(/(_embeddings)$/, "$1.weight")
    .replace(/\.(kernel|gamma)$/, ".weight")
    .replace(/\.beta$/, ".bias");
  return [renamed, name.endsWith("/kernel") ? shape.toReversed() : shape];
}

/** By torch itself, since only that writes its zip as it does. @param {string} directory @param {{ name: string, shape: number[] }[]} variables */
function writeTorch(directory, variables) {
  const shapes = JSON.stringify(
    Object.fromEntries(variables.map(({ name, shape }) => torchForm(name, shape))),
  );
  const script = `import json, sys, torch
state = {name: torch.rand(shape) - 0.5 for name, shape in json.load(sys.stdin).items()}
torch.save(state, sys.argv[1])`;
  execFileSync(asked.python, ["-c", script, path.join(directory, "pytorch_model.bin")], { input: shapes });
}

/** A graph of nothing but its weights, as large as the model. @param {string} directory */
async function writeExport(directory) {
  const rows = [pieces, ...Array.from({ length: layers }, () => 12 * hidden)];
  let offset = 0;
  const constants = rows.map((count, index) => {
    const data = { kind: "beside", file: "model.onnx_data", offset, length: 4 * count * hidden };
    offset += data.length;
    return {
      name: index === 0 ? "table" : `layer${index}`,
      element: "float32",
      shape: [count, hidden],
      data,
    };
  });
  const shape = ["batch", "sequence"];
  const gather = {
    operator: "Gather",
    domain: "",
    inputs: ["table", "input_ids"],
    outputs: ["last_hidden_state"],
    attributes: {},
  };
  const graph = encodeModel({
    name: "measure",
    nodes: [gather],
    constants,
    inputs: [{ name: "input_ids", element: "int64", shape }],
    outputs: [{ name: "last_hidden_state", element: "float32", shape: [...shape, hidden] }],
  });
  await writeFile(path.join(directory, "model.onnx"), graph);
  await writeSparse(path.join(directory, "model.onnx_data"), Buffer.alloc(0), offset);
  const vocab = Array.from({ length: pieces }, (_, id) => [`w${id}`, -id]);
  await writeFile(
    path.join(directory, "tokenizer.json"),
    JSON.stringify({ model: { type: "Unigram", unk_id: 0, vocab } }),
  );
}

/** @param {string} file @param {Buffer} head @param {number} size */
async function writeSparse(file, head, size) {
  const handle = await open(file, "wx");
  await handle.write(head);
  await handle.truncate(size);
  await handle.close();
}
