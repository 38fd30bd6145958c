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
