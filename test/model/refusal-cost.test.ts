import { spawn } from "node:child_process";
import { once } from "node:events";
import { cp, readdir, readFile, truncate, writeFile } from "node:fs/promises";
import path from "node:path";
import { expect, test } from "vitest";
import { fixture, openWorkspace } from "./workspace.ts";

// What a refusal costs, of the whole program in a process of its own: processor time and peak memory, which do not depend on
// what else the machine does. The inputs are those that a careless reader would allocate, unpack or walk for.
const MEGABYTES = 300;
const CPU_SECONDS = 2;

const at = await openWorkspace();
const hook = path.join(import.meta.dirname, "cost-hook.cjs");

interface Cost {
  readonly megabytes: number;
  readonly seconds: number;
}

/** Converts a directory with the program itself. */
async function convert(home: string): Promise<{ code: number; error: { message: string }; cost: Cost }> {
  const bin = path.join(import.meta.dirname, "../../bin/bertops.js");
  const [input, output, report] = ["in", "out", "cost.json"].map((name) => path.join(home, name));
  const child = spawn(
    process.execPath,
    ["--require", hook, bin, "convert", input ?? "", output ?? "", "--json"],
    { stdio: ["ignore", "pipe", "ignore"], env: { ...process.env, COST_FILE: report } },
  );
  let stdout = "";
  child.stdout.on("data", (chunk) => (stdout += String(chunk)));
  const [code] = (await once(child, "close")) as [number];
  const cost = JSON.parse(await readFile(report ?? "", "utf8")) as Cost;
  return { code, error: (JSON.parse(stdout) as { error: { message: string } }).error, cost };
}

const repeated = (bytes: number, pattern: string): Buffer => Buffer.alloc(bytes, pattern, "latin1");
const safetensorsHeader = (text: string): Buffer => {
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(Buffer.byteLength(text)));
  return Buffer.concat([length, Buffer.from(text)]);
};
/** A legacy torch file whose second pickle is this. */
const pickled = (bytes: Buffer, pickle: Buffer): Buffer =>
  Buffer.concat([bytes.subarray(0, 15), pickle, bytes]);

/** An object of so many members. */
const members = (count: number, value = "0"): string =>
  `{${Array.from({ length: count }, (_, index) => `"${index.toString(36)}_":${value}`).join(",")}}`;

const CASES: ReadonlyArray<
  readonly [string, string, string, ((bytes: Buffer) => Uint8Array) | { size: number }]
> = [
  [
    "a header of 2^60 bytes",
    "huggingface/safetensors",
    "model.safetensors",
    (bytes) => Buffer.concat([Buffer.of(0, 0, 0, 0, 0, 0, 0, 16), bytes]),
  ],
  [
    "a header of 90 MB of brackets",
    "huggingface/safetensors",
    "model.safetensors",
    () => safetensorsHeader("[".repeat(90_000_000)),
  ],
  [
    "a header of 300,000 tensors",
    "huggingface/safetensors",
    "model.safetensors",
    () =>
      safetensorsHeader(
        `{${Array.from({ length: 300_000 }, (_, index) => `"t${index}":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}`).join(",")}}`,
      ),
  ],
  ["a sparse file of 4 TB", "huggingface/safetensors", "model.safetensors", { size: 2 ** 42 }],
  ["a configuration of 8 GB", "huggingface/safetensors", "config.json", { size: 2 ** 33 }],
  ["a vocabulary of 8 GB", "huggingface/safetensors", "vocab.txt", { size: 2 ** 33 }],
  [
    "a pickle of millions of lists",
    "huggingface/pytorch-legacy",
    "pytorch_model.bin",
    (bytes) => pickled(bytes, Buffer.concat([Buffer.from("\x80\x02", "latin1"), repeated(60_000_000, "]")])),
  ],
  [
    "a pickle that puts the same text into a list again and again",
    "huggingface/pytorch-legacy",
    "pytorch_model.bin",
    (bytes) =>
      pickled(
        bytes,
        Buffer.concat([
          Buffer.from("\x80\x02]X\xff\xff\x00\x00", "latin1"),
          repeated(65_535, "x"),
          Buffer.from("q\x00a", "latin1"),
          repeated(30_000_000, "h\x00a"),
        ]),
      ),
  ],
  [
    "a pickle with a text of 2 GB",
    "huggingface/pytorch-legacy",
    "pytorch_model.bin",
    (bytes) => pickled(bytes, Buffer.from("\x80\x02X\xff\xff\xff\x7f.", "latin1")),
  ],
  ["a zip archive of 4 TB of nothing", "huggingface/pytorch-zip", "pytorch_model.bin", { size: 2 ** 42 }],
  ["an index of 8 GB", "tensorflow/halves", "bert_model.ckpt.index", { size: 2 ** 33 }],
  [
    "weights of 4 TB",
    "tensorflow/halves",
    "bert_model.ckpt.data-00000-of-00001",
    (bytes) => bytes.subarray(0, 1000),
  ],
  [
    "a graph of 15 million fields",
    "onnx/roberta",
    "model.onnx",
    () => Buffer.concat([Buffer.of(8, 8), Buffer.alloc(30_000_000, Buffer.of(0x10, 0))]),
  ],
  ["a graph of 8 GB", "onnx/roberta", "model.onnx", { size: 2 ** 33 }],
  ["a tokenizer nested 30 million times", "onnx/roberta", "tokenizer.json", () => repeated(30_000_000, "[")],
  [
    "a header of one long text in a wide script",
    "huggingface/safetensors",
    "model.safetensors",
    () => safetensorsHeader(`{"__metadata__":{"a":"\u4e2d${"x".repeat(90_000_000)}"}}`),
  ],
  [
    "a header of millions of members",
    "huggingface/safetensors",
    "model.safetensors",
    () => safetensorsHeader(members(3_500_000)),
  ],
  [
    "an index of a million tensors",
    "huggingface/sharded",
    "model.safetensors.index.json",
    () =>
      Buffer.from(
        `{"weight_map":${members(1_000_000, '"model-00001-of-00003.safetensors"').slice(0, 16_000_000)}`,
      ),
  ],
  [
    "an index of 300,000 tensors that no file has",
    "huggingface/sharded",
    "model.safetensors.index.json",
    () => Buffer.from(`{"weight_map":${members(300_000, '"model-00001-of-00003.safetensors"')}}`),
  ],
  [
    "a PyTorch index of 300,000 files",
    "huggingface/pretraining",
    "pytorch_model.bin.index.json",
    () =>
      Buffer.from(
        `{"weight_map":{${Array.from({ length: 300_000 }, (_, index) => `"t${index}":"f${index}.bin"`).join(",")}}}`,
      ),
  ],
  [
    "a tokenizer of two million pieces",
    "huggingface/sparse-config",
    "tokenizer.json",
    () => Buffer.from(`{"model":{"type":"WordPiece","vocab":${members(1_200_000)}}}`),
  ],
  ["a tokenizer of hundreds of MB", "huggingface/sparse-config", "tokenizer.json", { size: 300_000_000 }],
  ["an export's tokenizer of hundreds of MB", "onnx/roberta", "tokenizer.json", { size: 300_000_000 }],
  [
    "an export's tokenizer of one long text in a wide script",
    "onnx/roberta",
    "tokenizer.json",
    () => Buffer.from(`{"model":{"type":"\u4e2d${"x".repeat(41_000_000)}"}}`),
  ],
  [
    "an export's tokenizer of millions of pieces",
    "onnx/roberta",
    "tokenizer.json",
    () => Buffer.from(`{"model":{"type":"WordLevel","vocab":${members(3_800_000)}}}`),
  ],
  [
    "a vocabulary of one line of spaces",
    "huggingface/safetensors",
    "vocab.txt",
    () => Buffer.from(`a${" ".repeat(15_000_000)}a`),
  ],
  [
    "a vocabulary of lines of tabs and no-break spaces",
    "tensorflow/halves",
    "vocab.txt",
    () => Buffer.from(`a${"\t\u00a0".repeat(100_000)}a\n`.repeat(40)),
  ],
  [
    "a vocabulary of millions of lines",
    "huggingface/safetensors",
    "vocab.txt",
    () => Buffer.from("abc\n".repeat(3_900_000)),
  ],
  ["a list of modules of 8 GB", "huggingface/sentence-transformers", "modules.json", { size: 2 ** 33 }],
  [
    "modules nested a million times",
    "huggingface/sentence-transformers",
    "modules.json",
    () => repeated(1_000_000, "["),
  ],
  ["a pooling of 8 GB", "huggingface/sentence-transformers", "1_Pooling/config.json", { size: 2 ** 33 }],
  ["a checkpoint file of 8 GB", "tensorflow/saver", "checkpoint", { size: 2 ** 33 }],
  [
    "a checkpoint file of one line of quotation marks",
    "tensorflow/saver",
    "checkpoint",
    () => Buffer.from(`model_checkpoint_path: "${'" '.repeat(500_000)}`),
  ],
  [
    "a tokenizer of 15 million values",
    "onnx/roberta",
    "tokenizer.json",
    () => Buffer.from(`[${"0,".repeat(15_000_000)}0]`),
  ],
];

for (const [index, [name, source, file, change]] of CASES.entries()) {
  test(`${name}: refused within ${CPU_SECONDS} s of processor time and ${MEGABYTES} MB`, async () => {
    const home = at(String(index));
    await cp(fixture(source), path.join(home, "in"), { recursive: true });
    const target = path.join(home, "in", file);
    if (typeof change === "function") await writeFile(target, change(await readFile(target)));
    else await truncate(target, change.size);
    const { code, error, cost } = await convert(home);
    expect([1, 2]).toContain(code);
    expect(error.message).toMatch(/^[^\n]{10,500}\.$/u);
    expect(cost.megabytes).toBeLessThan(MEGABYTES);
    expect(cost.seconds).toBeLessThan(CPU_SECONDS);
    expect((await readdir(home)).toSorted()).toEqual(["cost.json", "in"]);
  });
}
