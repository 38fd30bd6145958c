import { cp, mkdir, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { expect, test } from "vitest";
import type { Event } from "../../src/events.ts";
import { largestDifference, runPrepared } from "./run-prepared.ts";
import { runPadded } from "./run-padded.ts";
import { fixture, openWorkspace, prepare } from "./workspace.ts";

// Written by optimum and torch, answered by transformers: tools/model-fixtures/onnx_models.py.
const at = await openWorkspace();

interface Expected {
  readonly ids: number[][];
  readonly cls: number[][];
  readonly mean: number[][];
}

async function expectedOf(name: string): Promise<Expected> {
  return JSON.parse(await readFile(path.join(fixture(`onnx/${name}`), "expected.json"), "utf8")) as Expected;
}

const FORMS = [
  ["roberta", { architecture: "roberta", pooling: "cls", maxTokens: 24 }, ["model.onnx_data"], 1],
  ["xlm-roberta", { architecture: "xlm-roberta", pooling: "cls", maxTokens: 24 }, [], 1],
  ["modernbert", { architecture: "modernbert", pooling: "cls", maxTokens: 32 }, [], 0],
  [
    "sentence-transformers",
    { architecture: "bert", pooling: "mean", maxTokens: 20, normalize: true, prompts: { query: "query: " } },
    [],
    0,
  ],
  [
    "sentence-embedding",
    { architecture: "distilbert", pooling: "graph", maxTokens: 24 },
    ["model.onnx.data"],
    0,
  ],
] as const;

for (const [name, settings, data, padding] of FORMS) {
  test(`an export of "${name}" is kept as it is, with settings that give what transformers answered`, async () => {
    const expected = await expectedOf(name);
    const prepared = await prepare(fixture(`onnx/${name}`), at(name));
    expect(prepared.settings).toMatchObject({
      ...settings,
      precision: "fp32",
      hidden: 16,
      source: { format: "onnx" },
      graph: { rows: "padded", data, padding },
    });
    expect((await readdir(at(name))).toSorted()).toEqual(
      ["bertops.json", "model.onnx", ...data, "tokenizer.json"].toSorted(),
    );
    const pooling = settings.pooling === "cls" ? "cls" : "mean";
    const answered = await runPadded(prepared.directory, expected.ids);
    expect(largestDifference(answered, expected[pooling])).toBeLessThan(1e-5);
  });
}

test("the pooling that is asked for is taken from the rows, also where the graph pools by itself", async () => {
  const expected = await expectedOf("sentence-embedding");
  const prepared = await prepare(fixture("onnx/sentence-embedding"), at("rows"), { pooling: "cls" });
  expect(prepared.settings).toMatchObject({ pooling: "cls", graph: { output: "token_embeddings" } });
  expect(largestDifference(await runPadded(at("rows"), expected.ids), expected.cls)).toBeLessThan(1e-5);
  const last = await prepare(fixture("onnx/roberta"), at("last"), { pooling: "last", maxTokens: 10 });
  expect(last.settings).toMatchObject({ pooling: "last", maxTokens: 10 });
});

test("a directory with a dense layer needs a graph that has it inside", async () => {
  const modules = ["Transformer", "Pooling", "Dense"].map((type, index) => ({
    type: `sentence_transformers.models.${type}`,
    path: index === 0 ? "" : `${index}_${type}`,
  }));
  const converted = async (name: string) => {
    const directory = at(`dense-${name}`);
    await cp(fixture(`onnx/${name}`), directory, { recursive: true });
    await writeFile(path.join(directory, "modules.json"), JSON.stringify(modules));
    await mkdir(path.join(directory, "1_Pooling"), { recursive: true });
    await writeFile(path.join(directory, "1_Pooling/config.json"), JSON.stringify({ pooling_mode: "max" }));
    return prepare(directory, at(`dense-${name}-out`));
  };
  expect((await converted("sentence-embedding")).settings.pooling).toBe("graph");
  await expect(converted("sentence-transformers")).rejects.toMatchObject({
    exitCode: 2,
    message: expect.stringMatching(/lists Dense behind the pooling, which .* not add to an ONNX/) as string,
  });
  await expect(prepare(fixture("onnx/roberta"), at("max"), { pooling: "max" })).rejects.toMatchObject({
    exitCode: 2,
    message: expect.stringMatching(/the pooling is max; .* has cls, mean, last/) as string,
  });
});

test("the graph that is named is taken: one with 8-bit weights out of the folder onnx", async () => {
  const expected = await expectedOf("sentence-transformers");
  const graph = path.join(fixture("onnx/sentence-transformers"), "onnx/model_quantized.onnx");
  const prepared = await prepare(graph, at("quantised"));
  expect(prepared.settings).toMatchObject({
    precision: "int8",
    pooling: "mean",
    source: { format: "onnx", graph: "onnx/model_quantized.onnx" },
  });
  expect(largestDifference(await runPadded(at("quantised"), expected.ids), expected.mean)).toBeLessThan(0.2);
});

test("the same export gives the same bytes, and replaces what was prepared before", async () => {
  await prepare(fixture("onnx/roberta"), at("again"));
  const first = await readFile(path.join(at("again"), "bertops.json"));
  await prepare(fixture("onnx/roberta"), at("again"));
  expect(await readFile(path.join(at("again"), "bertops.json"))).toEqual(first);
  for (const name of ["model.onnx", "model.onnx_data", "tokenizer.json"])
    expect(await readFile(path.join(at("again"), name))).toEqual(
      await readFile(path.join(fixture("onnx/roberta"), name)),
    );
  // Another form in its place: nothing of the export stays.
  await prepare(fixture("huggingface/safetensors"), at("again"));
  expect((await readdir(at("again"))).toSorted()).toEqual([
    "bertops.json",
    "model.onnx",
    "model.onnx.data",
    "vocab.txt",
  ]);
  const unchanged = await prepare(at("again"), at("unused"));
  expect(unchanged).toMatchObject({ directory: at("again"), written: false });
});

test("beside weights that bertops reads an export is passed over, unless it is asked for", async () => {
  const directory = at("hub");
  await cp(fixture("huggingface/sentence-transformers"), directory, { recursive: true });
  await mkdir(path.join(directory, "onnx"));
  await cp(
    path.join(fixture("onnx/sentence-transformers"), "onnx/model.onnx"),
    path.join(directory, "onnx/model.onnx"),
  );
  const weights = await prepare(directory, at("hub-weights"));
  expect(weights.settings.source.format).toBe("sentence-transformers");
  const expected = JSON.parse(await readFile(path.join(directory, "expected.json"), "utf8")) as {
    rows: number[][];
  };
  expect(await runPrepared(weights.directory, expected.rows)).toHaveLength(expected.rows.length);
  const plain = await prepare(directory, at("hub-plain"), { as: "huggingface" });
  expect(plain.settings).toMatchObject({ source: { format: "huggingface" }, pooling: "cls" });
  const exported = await prepare(directory, at("hub-export"), { as: "onnx" });
  expect(exported.settings).toMatchObject({ source: { format: "onnx", graph: "onnx/model.onnx" } });
});

test("beside weights of another architecture the export is taken; alone they are refused with how to export them", async () => {
  const directory = at("roberta-weights");
  await cp(fixture("onnx/roberta"), directory, { recursive: true });
  await cp(
    path.join(fixture("huggingface/safetensors"), "model.safetensors"),
    path.join(directory, "model.safetensors"),
  );
  expect((await prepare(directory, at("roberta-export"))).settings.source.format).toBe("onnx");
  await rm(path.join(directory, "model.onnx"));
  await expect(prepare(directory, at("roberta-none"))).rejects.toMatchObject({
    reason: "unsupported-model",
    message: expect.stringMatching(/model_type is "roberta"/) as string,
    hint: expect.stringMatching(/optimum-cli export onnx/) as string,
  });
});

test("what an export cannot be changed into is refused, and what it lacks is named", async () => {
  const roberta = fixture("onnx/roberta");
  for (const [options, flag] of [
    [{ precision: "int8" }, "--precision int8"],
    [{ activation: "relu" }, "--activation"],
    [{ lowerCase: true }, "--uncased"],
  ] as const) {
    await expect(prepare(roberta, at("flags"), options)).rejects.toMatchObject({
      exitCode: 2,
      message: expect.stringContaining(flag) as string,
    });
  }
  await expect(prepare(fixture("onnx/classifier"), at("classifier"))).rejects.toMatchObject({
    message: expect.stringMatching(/answers logits/) as string,
  });
  const lone = at("lone");
  await cp(roberta, lone, { recursive: true });
  await rm(path.join(lone, "tokenizer.json"));
  await expect(prepare(lone, at("lone-out"))).rejects.toMatchObject({
    reason: "incomplete-model",
    message: expect.stringMatching(/missing tokenizer\.json/) as string,
  });
});

test("of several graphs without a usual name one has to be named", async () => {
  const directory = at("graphs");
  await cp(fixture("onnx/sentence-transformers"), directory, { recursive: true });
  await rename(path.join(directory, "onnx/model.onnx"), path.join(directory, "onnx/model_O2.onnx"));
  await expect(prepare(directory, at("graphs-out"))).rejects.toMatchObject({
    hint: expect.stringMatching(/^Name one: .*onnx\/model_O2\.onnx\.$/) as string,
  });
  const named = await prepare(path.join(directory, "onnx/model_O2.onnx"), at("graphs-out"));
  expect(named.settings.source.graph).toBe("onnx/model_O2.onnx");
});

test("long texts are cut where attention would take gigabytes, and that is said", async () => {
  const directory = at("long");
  await cp(fixture("onnx/modernbert"), directory, { recursive: true });
  for (const [file, member] of [
    ["config.json", "max_position_embeddings"],
    ["tokenizer_config.json", "model_max_length"],
  ] as const) {
    const text = await readFile(path.join(directory, file), "utf8");
    await writeFile(
      path.join(directory, file),
      JSON.stringify({ ...(JSON.parse(text) as object), [member]: 8192 }),
    );
  }
  const events: Event[] = [];
  expect((await prepare(directory, at("long-out"), {}, events)).settings.maxTokens).toBe(2048);
  expect(events).toContainEqual(
    expect.objectContaining({ type: "warning", hint: "--max-tokens 8192 takes them all." }),
  );
  const asked = await prepare(directory, at("long-out"), { maxTokens: 8192 });
  expect(asked.settings.maxTokens).toBe(8192);
});

test("several forms in one directory: asked about, else refused with the flag that decides", async () => {
  await cp(fixture("huggingface/safetensors"), at("both"), { recursive: true });
  await cp(fixture("tensorflow/halves"), at("both"), { recursive: true });
  await expect(prepare(at("both"), at("both-out"))).rejects.toMatchObject({
    reason: "ambiguous-model",
    exitCode: 2,
    hint: expect.stringContaining("--as huggingface or --as tensorflow") as string,
  });
  const questions: (readonly string[])[] = [];
  const chosen = await prepare(at("both"), at("both-out"), {
    choose: ({ choices }) => {
      questions.push(choices);
      return Promise.resolve(1);
    },
  });
  expect(chosen.settings.source.format).toBe("tensorflow");
  expect(questions).toEqual([[expect.stringMatching(/Hugging Face/), expect.stringMatching(/TensorFlow/)]]);
  const named = await prepare(at("both"), at("both-out"), { as: "tensorflow" });
  expect(named.settings.source.format).toBe("tensorflow");
  await expect(prepare(at("both"), at("x"), { as: "onnx" })).rejects.toMatchObject({ reason: "no-model" });
});
