// Measures a conversion's time and peak memory on a random checkpoint as large as BERT's largest (multilingual
// vocabulary, 12 layers of 768): `npm run build && node tools/measure-conversion.mjs [PRECISION]`. The promise: the
// peak stays under the largest tensor plus 300 MB.
import { spawn } from "node:child_process";
import { mkdir, mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";

// The built program, which is not there yet when types are checked.
const built = new URL("../dist/model/checkpoint/write-bundle.js", import.meta.url).href;
const { writeBundle } = await import(built);

const precision = process.argv[2] ?? "fp32";
const pieces = 119_547;
const hidden = 768;
const intermediate = 3072;
const work = await mkdtemp(path.join(tmpdir(), "bertops-measure-"));
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
  const written = (await stat(path.join(work, "out/model.onnx.data"))).size / 2 ** 20;
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
    num_hidden_layers: 12,
    num_attention_heads: 12,
    intermediate_size: intermediate,
    max_position_embeddings: 512,
    type_vocab_size: 2,
    vocab_size: pieces,
    hidden_act: "gelu",
  };
  await writeFile(path.join(directory, "bert_config.json"), JSON.stringify(config));
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
  for (let layer = 0; layer < 12; layer += 1) {
    const scope = `encoder/layer_${layer}`;
    for (const part of ["query", "key", "value"]) dense(`${scope}/attention/self/${part}`, hidden, hidden);
    dense(`${scope}/attention/output/dense`, hidden, hidden);
    norm(`${scope}/attention/output`);
    dense(`${scope}/intermediate/dense`, hidden, intermediate);
    dense(`${scope}/output/dense`, intermediate, hidden);
    norm(`${scope}/output`);
  }
  await writeBundle(path.join(directory, "bert_model.ckpt"), variables);
}
