import { cp, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { expect, test } from "vitest";
import { cosine } from "./reference.ts";
import { largestDifference, runPrepared } from "./run-prepared.ts";
import { fixture, openWorkspace, prepare } from "./workspace.ts";

// Written and answered by sentence-transformers: tools/model-fixtures/sentence_models.py.
const at = await openWorkspace();

interface Expected {
  readonly rows: number[][];
  readonly embeddings: number[][];
}

/** The BERT that all share, with one kind of pooling and head on top. */
async function assembled(kind: string, name = kind): Promise<{ directory: string; expected: Expected }> {
  const directory = at(name);
  await cp(fixture("sentence-transformers/base"), directory, { recursive: true });
  await cp(fixture(`sentence-transformers/${kind}`), directory, { recursive: true });
  const expected = path.join(directory, "expected.json");
  return { directory, expected: JSON.parse(await readFile(expected, "utf8")) as Expected };
}

const unit = (vector: readonly number[]): number[] => vector.map((value) => value / Math.hypot(...vector));

const KINDS: ReadonlyArray<readonly [string, string, number, boolean]> = [
  ["labse", "cls", 24, true],
  ["distiluse", "mean", 16, false],
  ["max", "max", 24, false],
  ["mean_sqrt_len", "mean_sqrt_len", 24, false],
  ["weightedmean", "weightedmean", 24, false],
  ["last", "last", 24, false],
  ["several", "cls+max+mean", 72, true],
  ["all", "cls+max+mean+mean_sqrt_len+weightedmean+last", 30, false],
  ["activations", "cls+mean", 24, true],
];

for (const [kind, pooling, dimensions, normalize] of KINDS) {
  test(`"${kind}" answers what sentence-transformers answered, together and alone`, async () => {
    const { directory, expected } = await assembled(kind);
    const prepared = await prepare(directory, at(`${kind}-out`));
    expect(prepared.settings).toMatchObject({ pooling, normalize, hidden: 24, maxTokens: 16 });
    expect(prepared.settings.dimensions).toBe(dimensions === 24 ? undefined : dimensions);
    const together = await runPrepared(prepared.directory, expected.rows);
    const alone = await Promise.all(
      expected.rows.map(async (row) => (await runPrepared(prepared.directory, [row]))[0] ?? []),
    );
    for (const answered of [together, alone]) {
      const finished = normalize ? answered.map(unit) : answered;
      expect(finished[0]).toHaveLength(dimensions);
      expect(largestDifference(finished, expected.embeddings)).toBeLessThan(1e-5);
    }
  });
}

for (const precision of ["int8", "int8-row"] as const) {
  test(`${precision} keeps a head exact and measures what comes out of it`, async () => {
    const { directory, expected } = await assembled("all", `all-${precision}`);
    const prepared = await prepare(directory, at(`all-${precision}-out`), { precision, minFidelity: 0.9 });
    const answered = await runPrepared(prepared.directory, expected.rows);
    const cosines = answered.map((vector, index) => cosine(vector, expected.embeddings[index] ?? []));
    expect(Math.min(...cosines)).toBeGreaterThan(0.98);
    expect(prepared.settings.fidelity?.cosineMin).toBeGreaterThan(0.98);
    expect(prepared.settings.fidelity?.cosineMin).toBeLessThan(1);
  });
}

type Members = Record<string, unknown>;

/** Changes a JSON file of a kind and converts it. */
async function changed(name: string, kind: string, file: string, change: (members: Members) => unknown) {
  const { directory, expected } = await assembled(kind, `changed/${name}`);
  const target = path.join(directory, file);
  const members = JSON.parse(await readFile(target, "utf8")) as Members;
  await writeFile(target, JSON.stringify(change(members)));
  return { directory, expected, convert: () => prepare(directory, at(`changed/${name}-out`)) };
}

test("newer files name one pooling or a list; a list's order is the vector's", async () => {
  const pooling = (mode: unknown) => () => ({
    embedding_dimension: 24,
    pooling_mode: mode,
    include_prompt: true,
  });
  const one = await changed("one", "mean_sqrt_len", "1_Pooling/config.json", pooling("mean_sqrt_len_tokens"));
  expect(
    largestDifference(
      await runPrepared((await one.convert()).directory, one.expected.rows),
      one.expected.embeddings,
    ),
  ).toBeLessThan(1e-5);
  const turned = await changed("turned", "several", "1_Pooling/config.json", pooling(["mean", "cls", "max"]));
  const answered = (await runPrepared((await turned.convert()).directory, turned.expected.rows)).map(unit);
  const inOrder = turned.expected.embeddings.map((vector) => [...vector.slice(48), ...vector.slice(0, 48)]);
  expect(largestDifference(answered, inOrder)).toBeLessThan(1e-5);
});

test("older directories: no flag at all means mean; limits under the architecture's own name", async () => {
  const flags = await changed("no-flag", "distiluse", "1_Pooling/config.json", () => ({
    word_embedding_dimension: 24,
  }));
  await rm(path.join(flags.directory, "sentence_bert_config.json"));
  const limits = JSON.stringify({ max_seq_length: 9, do_lower_case: false });
  await writeFile(path.join(flags.directory, "sentence_distilbert_config.json"), limits);
  expect((await flags.convert()).settings).toMatchObject({ pooling: "mean", maxTokens: 9 });
});

test("prompts that are to be left out of the pooling matter only where there are prompts", async () => {
  const without = await changed("without", "max", "1_Pooling/config.json", (members) => ({
    ...members,
    include_prompt: false,
  }));
  expect((await without.convert()).settings.pooling).toBe("max");
  const prompts = JSON.stringify({ prompts: { query: "query: " } });
  await writeFile(path.join(without.directory, "config_sentence_transformers.json"), prompts);
  await expect(prepare(without.directory, at("prompted"))).rejects.toMatchObject({
    message: expect.stringMatching(/include_prompt is false/) as string,
  });
});

test("--pooling takes the place of the directory's own, if the dense layer behind it fits", async () => {
  const { directory } = await assembled("labse", "asked");
  expect((await prepare(directory, at("asked-max"), { pooling: "max" })).settings.pooling).toBe("max");
  const wide = await assembled("activations", "asked-wide");
  await expect(prepare(wide.directory, at("asked-wide-out"), { pooling: "cls" })).rejects.toMatchObject({
    exitCode: 2,
    message: expect.stringMatching(/in_features is 48, but what comes before has 24 numbers/) as string,
  });
});

const dense = (members: Members) => (before: Members) => ({ ...before, ...members });
const list = (change: (modules: Members[]) => unknown) => (modules: Members) =>
  change(modules as unknown as Members[]);
const module = (type: string, folder: string) => ({
  type: `sentence_transformers.models.${type}`,
  path: folder,
});

const REFUSED: ReadonlyArray<readonly [string, string, string, (members: Members) => unknown, RegExp]> = [
  [
    "an unknown activation",
    "labse",
    "2_Dense/config.json",
    dense({ activation_function: "torch.nn.modules.activation.ELU" }),
    /activation_function is ".*ELU"; bertops has Identity, Tanh/,
  ],
  [
    "an activation from elsewhere",
    "labse",
    "2_Dense/config.json",
    dense({ activation_function: "os.system" }),
    /activation_function is "os\.system"/,
  ],
  [
    "a dense layer over tokens",
    "labse",
    "2_Dense/config.json",
    dense({ module_input_name: "token_embeddings" }),
    /module_input_name is "token_embeddings"/,
  ],
  ["a residual", "labse", "2_Dense/config.json", dense({ use_residual: true }), /use_residual is true/],
  [
    "a dense layer of another width",
    "labse",
    "2_Dense/config.json",
    dense({ out_features: 12 }),
    /linear\.weight has the shape \[24, 24\], but .* means \[12, 24\]/,
  ],
  [
    "a dense layer of 2^60",
    "labse",
    "2_Dense/config.json",
    dense({ out_features: 2 ** 60 }),
    /out_features is 1152921504606847000; a whole number from 1 to 65536/,
  ],
  [
    "a bias that is not there",
    "all",
    "2_Dense/config.json",
    dense({ bias: true }),
    /has no tensor linear\.bias/,
  ],
  [
    "a pooling that nobody has",
    "max",
    "1_Pooling/config.json",
    () => ({ pooling_mode_attention_tokens: true }),
    /the pooling is attention_tokens; bertops has cls, max/,
  ],
  [
    "the same pooling twice",
    "max",
    "1_Pooling/config.json",
    () => ({ pooling_mode: ["cls", "cls"] }),
    /the pooling is cls with cls; .* each once/,
  ],
  [
    "a step of another kind",
    "max",
    "modules.json",
    list((modules) => [...modules, module("LSTM", "2_LSTM")]),
    /lists a step LSTM/,
  ],
  [
    "a dense layer in front of the pooling",
    "labse",
    "modules.json",
    list(([a, b, c, d]) => [a, c, b, d]),
    /lists a pooling behind other steps/,
  ],
  [
    "two poolings",
    "max",
    "modules.json",
    list((modules) => [...modules, module("Pooling", "1_Pooling")]),
    /lists a pooling behind other steps/,
  ],
  [
    "no pooling in front of a dense layer",
    "labse",
    "modules.json",
    list(([a, , c]) => [a, c]),
    /Dense without a pooling/,
  ],
  [
    "no transformer",
    "max",
    "modules.json",
    list(([, ...rest]) => [module("StaticEmbedding", ""), ...rest]),
    /missing a Transformer as its first module \(it lists StaticEmbedding\)/,
  ],
];

for (const [name, kind, file, change, message] of REFUSED) {
  test(`${name}: refused by name`, async () => {
    const { convert } = await changed(name, kind, file, change);
    await expect(convert()).rejects.toMatchObject({
      exitCode: 2,
      message: expect.stringMatching(message) as string,
    });
  });
}

test("one folder may serve two layers; a model that reads two tokens is no use", async () => {
  const twice = await changed(
    "twice",
    "labse",
    "modules.json",
    list(([a, b, c, d]) => [a, b, c, c, d]),
  );
  const prepared = await twice.convert();
  const once = twice.expected.embeddings;
  const answered = (await runPrepared(prepared.directory, twice.expected.rows)).map(unit);
  expect(largestDifference(answered, once)).toBeGreaterThan(0.01);
  const short = await changed("short", "max", "sentence_bert_config.json", () => ({ max_seq_length: 2 }));
  await expect(short.convert()).rejects.toMatchObject({
    message: expect.stringMatching(/reads 2 tokens of a text; 3 are the least/) as string,
  });
});

test("a dense layer whose weights are missing, damaged or no numbers is refused", async () => {
  const { directory } = await assembled("labse", "weights");
  const file = path.join(directory, "2_Dense/pytorch_model.bin");
  const bytes = await readFile(file);
  const refused = (reason: string, message: RegExp) =>
    expect(prepare(directory, at("weights-out"))).rejects.toMatchObject({
      reason,
      message: expect.stringMatching(message) as string,
    });
  await writeFile(file, bytes.subarray(0, 1500));
  await refused("corrupt-model", /2_Dense.pytorch_model\.bin is a damaged zip archive/);
  await writeFile(file, Buffer.from(bytes).fill(255, 1300, 2000));
  await refused("corrupt-model", /holds a value that is no number/);
  await rm(file);
  await refused("not-found", /2_Dense.pytorch_model\.bin/);
  await mkdir(file);
  await refused("unreadable", /2_Dense.pytorch_model\.bin/);
});
