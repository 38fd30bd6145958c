import { cp, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { expect, test } from "vitest";
import { encodeModel } from "../../src/model/onnx/messages.ts";
import { fixture, prepare } from "../model/workspace.ts";
import { openScratch } from "./models.ts";
import { post, startReadyService, startTestService, until } from "./service.ts";

// ONNX exports by optimum and torch, with what transformers answered for the same texts (tools/model-fixtures).
const scratch = await openScratch();

interface Expected {
  readonly texts: string[];
  readonly ids: number[][];
  readonly cls: number[][];
  readonly mean: number[][];
}

async function expectedOf(name: string): Promise<Expected> {
  return JSON.parse(await readFile(path.join(fixture(`onnx/${name}`), "expected.json"), "utf8")) as Expected;
}

function largestDifference(answered: readonly number[][], expected: readonly number[][]): number {
  const differences = expected.flatMap((row, index) =>
    row.map((value, column) => Math.abs(value - (answered[index]?.[column] ?? Number.NaN))),
  );
  return answered.length === expected.length ? Math.max(...differences) : Number.POSITIVE_INFINITY;
}

const FORMS = [
  ["roberta", "cls", 24],
  ["xlm-roberta", "cls", 24],
  ["modernbert", "cls", 32],
  ["sentence-transformers", "mean", 20],
  ["sentence-embedding", "mean", 24],
] as const;

for (const [name, pooling, limit] of FORMS) {
  test(`texts in many scripts get from "${name}" what transformers answered, in whatever runs they are`, async () => {
    const directory = path.join(scratch, name);
    await prepare(fixture(`onnx/${name}`), directory);
    const expected = await expectedOf(name);
    for (const batchTokens of ["512", "32"]) {
      const service = await startReadyService({ MODEL_PATH: directory, BATCH_TOKENS: batchTokens });
      const { status, body } = await post(`${service.url}/embed`, {
        texts: expected.texts,
        normalize: false,
      });
      expect(status).toBe(200);
      const { embeddings, truncated = [] } = body as { embeddings: number[][]; truncated?: number[] };
      expect(largestDifference(embeddings, expected[pooling])).toBeLessThan(1e-4);
      // What is as long as the model reads may have been cut; what is shorter was not.
      for (const index of truncated) expect(expected.ids[index]?.length).toBe(limit);
      await service.stop();
    }
  });
}

test("a graph whose output is float16 is answered in numbers all the same", async () => {
  const [pieces, width] = [420, 16];
  const source = path.join(scratch, "halves-source");
  await cp(fixture("onnx/roberta"), source, { recursive: true });
  // Numbers that a half holds exactly, so that what comes out must be what went in.
  const table = Float32Array.from(
    { length: pieces * width },
    (_, index) => (index % 2 === 0 ? -1 : 1) * 2 ** ((index % 24) - 12) * (1 + (index % 7) / 8),
  );
  const shape = ["batch", "sequence"];
  const graph = encodeModel({
    name: "halves",
    nodes: [
      { operator: "Gather", domain: "", inputs: ["table", "input_ids"], outputs: ["rows"], attributes: {} },
      {
        operator: "Cast",
        domain: "",
        inputs: ["rows"],
        outputs: ["last_hidden_state"],
        attributes: { to: { int: 10 } },
      },
    ],
    constants: [
      {
        name: "table",
        element: "float32",
        shape: [pieces, width],
        data: { kind: "inside", bytes: new Uint8Array(table.buffer) },
      },
    ],
    inputs: [{ name: "input_ids", element: "int64", shape }],
    outputs: [{ name: "last_hidden_state", element: "float16", shape: [...shape, width] }],
  });
  await writeFile(path.join(source, "model.onnx"), graph);
  const directory = path.join(scratch, "halves");
  await prepare(source, directory, { pooling: "mean" });
  const { texts, ids } = await expectedOf("roberta");
  const service = await startReadyService({ MODEL_PATH: directory });
  const { body } = await post(`${service.url}/embed`, { texts, normalize: false });
  const wanted = ids.map((row) =>
    Array.from(
      { length: width },
      (_, column) => row.reduce((sum, id) => sum + (table[id * width + column] ?? 0), 0) / row.length,
    ),
  );
  const { embeddings } = body as { embeddings: number[][] };
  const scale = Math.max(...wanted.flat().map(Math.abs));
  expect(largestDifference(embeddings, wanted)).toBeLessThan(1e-6 * scale);
  expect(Math.max(...wanted.flat().map(Math.abs))).toBeGreaterThan(100);
});

test("a text of a million words is answered from its front, and said to be cut", async () => {
  const directory = path.join(scratch, "long");
  await prepare(fixture("onnx/xlm-roberta"), directory);
  const service = await startReadyService({ MODEL_PATH: directory });
  const long = "the weather is nice ".repeat(100_000);
  const short = "the weather is nice ".repeat(100);
  const { body } = await post(`${service.url}/sim`, { target: short, texts: [long, "data"] });
  const { context } = body as { context: { sims: number[]; truncated: number[] } };
  expect(context.sims[0]).toBeCloseTo(1, 5);
  expect(context.truncated).toEqual([0]);
  const model = (await (await fetch(`${service.url}/model`)).json()) as { model: object };
  expect(model.model).toMatchObject({ architecture: "xlm-roberta", precision: "fp32", pooling: "cls" });
});

test("a tokenizer.json that the library can't read keeps the model from loading, and that is said", async () => {
  const directory = path.join(scratch, "broken");
  await prepare(fixture("onnx/roberta"), directory);
  await writeFile(
    path.join(directory, "tokenizer.json"),
    '{"model":{"type":"BPE","vocab":{"a":0},"merges":7}}',
  );
  const service = await startTestService({ MODEL_PATH: directory });
  await until(() => service.log.some(({ message }) => message === "a model does not load"));
  const failed = service.log.find(({ message }) => message === "a model does not load");
  expect(failed?.["error"]).toMatch(/tokenizer\.json can't be used/);
});
