import { cp, mkdir, readdir, readFile, symlink, truncate, writeFile } from "node:fs/promises";
import path from "node:path";
import { expect, test } from "vitest";
import { UserError } from "../../src/errors.ts";
import { encodeModel, type OnnxConstant, type OnnxGraph } from "../../src/model/onnx/messages.ts";
import { Message } from "../../src/model/onnx/protobuf.ts";
import { readGraphFacts } from "../../src/model/onnx-export/graph-facts.ts";
import { fixture, openWorkspace, prepare } from "./workspace.ts";

const at = await openWorkspace();
let made = 0;

/** Converts an export whose files `change` has changed, and answers the error; nothing may be left behind. */
async function failure(source: string, change: (directory: string) => Promise<void>): Promise<UserError> {
  made += 1;
  const directory = at(`${made}/in`);
  await cp(fixture(`onnx/${source}`), directory, { recursive: true });
  await change(directory);
  const error: unknown = await prepare(directory, at(`${made}/out`)).catch((thrown: unknown) => thrown);
  expect(await readdir(at(`${made}`))).toEqual(["in"]);
  if (!(error instanceof UserError)) throw new Error(`no UserError but ${String(error)}`);
  expect(error.message).toMatch(/^[^\n]+\.$/);
  return error;
}

const graphOf = (change: (bytes: Buffer) => Uint8Array) => (directory: string) =>
  replace(path.join(directory, "model.onnx"), change);

async function replace(file: string, change: (bytes: Buffer) => Uint8Array): Promise<void> {
  await writeFile(file, change(await readFile(file)));
}

/** The smallest graph that could be an encoder's, with changes. */
function smallest(changes: Partial<OnnxGraph> = {}, constant: Partial<OnnxConstant> = {}): Uint8Array {
  const table: OnnxConstant = {
    name: "table",
    element: "float32",
    shape: [420, 16],
    data: { kind: "beside", file: "model.onnx_data", offset: 0, length: 420 * 16 * 4 },
    ...constant,
  };
  return encodeModel({
    name: "small",
    nodes: [
      {
        operator: "Gather",
        domain: "",
        inputs: ["table", "input_ids"],
        outputs: ["last_hidden_state"],
        attributes: {},
      },
    ],
    constants: [table],
    inputs: [{ name: "input_ids", element: "int64", shape: ["batch", "sequence"] }],
    outputs: [{ name: "last_hidden_state", element: "float32", shape: ["batch", "sequence", 16] }],
    ...changes,
  });
}

const beside = (file: string, offset = 0, length = 420 * 16 * 4): Partial<OnnxConstant> => ({
  data: { kind: "beside", file, offset, length },
});

const GRAPHS: ReadonlyArray<readonly [string, (bytes: Buffer) => Uint8Array, RegExp]> = [
  ["that is empty", () => Buffer.alloc(0), /is no ONNX model/],
  ["that is text", () => Buffer.from("hello, this is no protobuf at all"), /is cut short|no ONNX model/],
  ["that is cut short", (bytes) => bytes.subarray(0, 9000), /is cut short or no ONNX model/],
  [
    "with a graph of 2^60 bytes",
    () => Buffer.from([8, 8, 0x3a, 128, 128, 128, 128, 128, 128, 128, 128, 16, 0]),
    /is cut short or no ONNX model: more bytes are claimed at \d+ than its/,
  ],
  ["with a number that does not end", () => Buffer.alloc(40, 0xff), /number that does not end/],
  [
    "of ten million empty fields",
    () => Buffer.concat([Buffer.of(8, 8), Buffer.alloc(20_000_000, Buffer.of(0x10, 0))]),
    /more fields than any encoder/,
  ],
  [
    "with weights in a directory above",
    () => smallest({}, beside("../secret")),
    /"\.\.\/secret", which is no file beside it/,
  ],
  ["with weights at an absolute path", () => smallest({}, beside("/etc/passwd")), /no file beside it/],
  ["with weights in a hidden file", () => smallest({}, beside(".netrc")), /no file beside it/],
  ["with weights in the settings", () => smallest({}, beside("bertops.json")), /for something else/],
  [
    "with weights in a missing file",
    () => smallest({}, beside("weights.bin")),
    /weights\.bin, which is not in/,
  ],
  [
    "with weights behind the end",
    () => smallest({}, beside("model.onnx_data", 2 ** 40)),
    /model\.onnx_data is cut short: table needs 10995/,
  ],
  [
    "with a length that is not the shape's",
    () => smallest({}, beside("model.onnx_data", 0, 64)),
    /the shape \[420, 16\] of 26880 bytes, but 64/,
  ],
  ["with an impossible shape", () => smallest({}, { shape: [2 ** 40, 2 ** 40] }), /impossible shape/],
  [
    "with overlapping weights",
    () =>
      smallest({
        constants: [0, 64].map((offset, index) => ({
          name: `t${index}`,
          element: "float32",
          shape: [4, 8],
          data: { kind: "beside", file: "model.onnx_data", offset, length: 128 },
        })),
      }),
    /overlapping weights: t0 and t1/,
  ],
  [
    "with an operator of somebody's own",
    () =>
      smallest({
        nodes: [{ operator: "Run", domain: "my.ops", inputs: [], outputs: ["x"], attributes: {} }],
      }),
    /the operator Run of my\.ops, which ONNX Runtime does not have/,
  ],
  ["of a newer opset", (bytes) => opset(bytes, 99), /opset 99; the service's ONNX Runtime reads 7 to 26/],
  [
    "of a newer IR version",
    (bytes) => Buffer.concat([Buffer.from(bytes), Buffer.of(8, 40)]),
    /IR version 40/,
  ],
  [
    "with an input that nobody can give",
    () => smallest({ inputs: [{ name: "pixels", element: "float32", shape: ["batch", 3] }] }),
    /an input pixels, which bertops does not know/,
  ],
  [
    "of one fixed size",
    () => smallest({ inputs: [{ name: "input_ids", element: "int64", shape: [1, 128] }] }),
    /one fixed size, \[1, 128\]/,
  ],
  [
    "without token ids",
    () => smallest({ inputs: [{ name: "attention_mask", element: "int64", shape: ["b", "s"] }] }),
    /no input input_ids/,
  ],
  [
    "with fewer words than the tokenizer",
    () => smallest({}, { shape: [100, 16], ...beside("model.onnx_data", 0, 6400) }),
    /up to the id 419, but the model's word embeddings have 100 rows/,
  ],
];

for (const [name, change, message] of GRAPHS) {
  test(`a graph ${name} is refused in one sentence`, async () => {
    expect((await failure("roberta", graphOf(change))).message).toMatch(message);
  });
}

/** The file with another version of ONNX's own operators. */
function opset(bytes: Buffer, version: number): Buffer {
  return Buffer.concat([
    bytes,
    new Message().message(8, new Message().text(1, "").varint(2, version)).encode(),
  ]);
}

test("the smallest graph itself is taken: what the others were refused for is their change", async () => {
  const directory = at("smallest");
  await cp(fixture("onnx/roberta"), directory, { recursive: true });
  await writeFile(path.join(directory, "model.onnx"), smallest());
  expect((await prepare(directory, at("smallest-out"))).settings).toMatchObject({ vocabularySize: 420 });
});

test("weights that are no number are refused, inside the graph and beside it", async () => {
  const outside = await failure("roberta", (directory) =>
    replace(path.join(directory, "model.onnx_data"), (bytes) => bytes.fill(255, 20_000, 20_004)),
  );
  expect(outside.message).toMatch(/NaN at \d+ of .*/);
  const { tensors } = await readGraphFacts(path.join(fixture("onnx/xlm-roberta"), "model.onnx"));
  const weight = tensors.find(({ element, shape }) => element === 1 && shape.length === 2);
  const inside = await failure("xlm-roberta", (directory) =>
    replace(path.join(directory, "model.onnx"), (bytes) =>
      bytes.fill(255, weight?.place?.offset ?? 0, (weight?.place?.offset ?? 0) + 4),
    ),
  );
  expect(inside.message).toContain(`NaN at 0 of ${weight?.name}`);
});

const TOKENIZERS: ReadonlyArray<readonly [string, (bytes: Buffer) => string | Uint8Array, RegExp]> = [
  ["that is no JSON", () => "not json", /is no JSON/],
  ["that is cut short", (bytes) => bytes.subarray(0, 4000), /is no JSON/],
  ["without a vocabulary", () => JSON.stringify({ model: { type: "BPE", vocab: {} } }), /has no vocabulary/],
  ["of an unknown kind", () => JSON.stringify({ model: { type: "Magic" } }), /type is "Magic"/],
  [
    "with ids of 2^50",
    () => JSON.stringify({ model: { type: "BPE", vocab: { a: 2 ** 50 } } }),
    /impossible ids/,
  ],
  [
    "with more pieces than the model",
    () => JSON.stringify({ model: { type: "BPE", vocab: { a: 420 } } }),
    /up to the id 420, but the model's word embeddings have 420 rows/,
  ],
  ["nested a million times", () => "[".repeat(1_000_000), /nested more than 64 levels deep/],
  ["of ten million values", () => `[${"0,".repeat(10_000_000)}0]`, /holds more than 2500000 values/],
];

for (const [name, change, message] of TOKENIZERS) {
  test(`a tokenizer.json ${name} is refused in one sentence`, async () => {
    const error = await failure("roberta", async (directory) => {
      const file = path.join(directory, "tokenizer.json");
      await writeFile(file, change(await readFile(file)));
    });
    expect(error.message).toMatch(message);
  });
}

test("links in a circle, and files that are larger than any, are refused", async () => {
  const circle = await failure("roberta", async (directory) => {
    const data = path.join(directory, "model.onnx_data");
    await truncate(data, 0);
    await mkdir(path.join(directory, "x"));
    await symlink("loop", path.join(directory, "loop"));
    await writeFile(path.join(directory, "model.onnx"), smallest({}, beside("loop")));
  });
  expect(circle.message).toMatch(/keeps its weights in loop, which is not in/);
  const large = await failure("roberta", (directory) =>
    truncate(path.join(directory, "tokenizer.json"), 2 ** 33),
  );
  expect(large.message).toMatch(/is larger than any such file/);
});
