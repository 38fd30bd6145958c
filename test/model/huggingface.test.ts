import { cp, mkdir, readdir, readFile, rename, rm, symlink, writeFile } from "node:fs/promises";
import path from "node:path";
import { expect, test } from "vitest";
import { largestDifference, runPrepared } from "./run-prepared.ts";
import { fixture, openWorkspace, prepare } from "./workspace.ts";

// Written and answered by transformers, torch and sentence-transformers: tools/model-fixtures/huggingface_models.py.
const at = await openWorkspace();

interface Expected {
  readonly texts: number[][];
  readonly cls: number[][];
  readonly mean: number[][];
  readonly rows: number[][];
  readonly embeddings: number[][];
}

async function expectedOf(name: string): Promise<Expected> {
  return JSON.parse(
    await readFile(path.join(fixture(`huggingface/${name}`), "expected.json"), "utf8"),
  ) as Expected;
}

const FORMS = [
  ["safetensors", "bert", "safetensors"],
  ["prefixed", "bert", "safetensors"],
  ["float16", "bert", "safetensors"],
  ["bfloat16", "bert", "safetensors"],
  ["sharded", "bert", "safetensors"],
  ["pytorch-zip", "bert", "pytorch"],
  ["pytorch-legacy", "bert", "pytorch"],
  ["distilbert", "distilbert", "safetensors"],
  ["pytorch-views", "bert", "pytorch"],
  ["tied", "bert", "safetensors"],
  // With heads for other tasks, as save_pretrained writes them: tools/model-fixtures/saved_models.py.
  ["dpr", "bert", "safetensors"],
  ["pretraining", "bert", "pytorch"],
  ["slow-tokenizer", "bert", "safetensors"],
  ["more-tokens-than-rows", "bert", "safetensors"],
  ["distilbert-classifier", "distilbert", "pytorch"],
] as const;

for (const [name, architecture, weights] of FORMS) {
  test(`"${name}" answers what transformers answered`, async () => {
    const expected = await expectedOf(name);
    for (const pooling of ["cls", "mean"] as const) {
      const prepared = await prepare(fixture(`huggingface/${name}`), at(`${name}-${pooling}`), { pooling });
      expect(prepared.settings).toMatchObject({
        architecture,
        source: { format: "huggingface", weights },
        maxTokens: 20,
      });
      const answered = await runPrepared(prepared.directory, expected.texts);
      // The libraries themselves computed in float32.
      expect(largestDifference(answered, expected[pooling])).toBeLessThan(1e-5);
    }
  });
}

test("the activation and the pooling are what the model's files say, cls where they say nothing", async () => {
  const tanh = await prepare(fixture("huggingface/prefixed"), at("tanh"));
  expect(tanh.settings).toMatchObject({ activation: "gelu_tanh", pooling: "cls", normalize: false });
  const relu = await prepare(fixture("huggingface/pytorch-zip"), at("relu"));
  expect(relu.settings.activation).toBe("relu");
});

test("every name that the libraries gave an activation computes what they compute", async () => {
  const names = {
    safetensors: ["gelu", "gelu_python"],
    prefixed: ["gelu_new", "gelu_fast", "gelu_pytorch_tanh"],
  };
  for (const [source, activations] of Object.entries(names)) {
    const expected = await expectedOf(source);
    for (const activation of activations) {
      const directory = at(`named-${activation}`);
      await cp(fixture(`huggingface/${source}`), directory, { recursive: true });
      const file = path.join(directory, "config.json");
      const config = JSON.parse(await readFile(file, "utf8")) as object;
      await writeFile(file, JSON.stringify({ ...config, hidden_act: activation }));
      const prepared = await prepare(directory, at(`named-${activation}-out`), { pooling: "cls" });
      const answered = await runPrepared(prepared.directory, expected.texts);
      expect([activation, largestDifference(answered, expected.cls) < 1e-5]).toEqual([activation, true]);
    }
  }
});

test("what a configuration leaves out is what the library takes; added tokens and a rounded-up table are taken", async () => {
  const expected = await expectedOf("sparse-config");
  const prepared = await prepare(fixture("huggingface/sparse-config"), at("sparse-config"), {
    pooling: "mean",
  });
  expect(prepared.settings).toMatchObject({
    maxTokens: 512,
    vocabularySize: 48,
    activation: "gelu",
    tokenizer: { lowerCase: true },
  });
  const answered = await runPrepared(prepared.directory, expected.texts);
  expect(largestDifference(answered, expected.mean)).toBeLessThan(1e-5);
  const pieces = (await readFile(path.join(prepared.directory, "vocab.txt"), "utf8")).split("\n");
  expect(pieces.slice(-3)).toEqual(["[NEW]", "covid", ""]);
});

test("added tokens come from whichever file names them; those that the model has no row for are left out", async () => {
  const pieces = async (name: string, change: (directory: string) => Promise<void> = async () => {}) => {
    const directory = at(`added-${name}`);
    await cp(fixture(`huggingface/${name}`), directory, { recursive: true });
    await change(directory);
    const prepared = await prepare(directory, at(`added-${name}-out`));
    return (await readFile(path.join(prepared.directory, "vocab.txt"), "utf8")).split("\n").slice(43, -1);
  };
  // tokenizer_config.json has them by their ids, added_tokens.json of older versions by their texts.
  expect(await pieces("slow-tokenizer")).toEqual(["é", "[new]", "covid"]);
  const older = async (directory: string) => {
    const { added_tokens_decoder: _, ...rest } = JSON.parse(
      await readFile(path.join(directory, "tokenizer_config.json"), "utf8"),
    ) as Members;
    await writeFile(path.join(directory, "tokenizer_config.json"), JSON.stringify(rest));
  };
  expect(await pieces("slow-tokenizer", older)).toEqual(["é", "[new]", "covid"]);
  expect(await pieces("more-tokens-than-rows")).toEqual(["é"]);
});

test("what the library's own cache makes of a model is found in it, through its links", async () => {
  const cache = at("hub/models--a--b");
  await mkdir(path.join(cache, "snapshots/0123abc"), { recursive: true });
  await cp(fixture("huggingface/safetensors"), path.join(cache, "blobs"), { recursive: true });
  for (const name of await readdir(path.join(cache, "blobs")))
    await symlink(`../../blobs/${name}`, path.join(cache, "snapshots/0123abc", name));
  await rm(path.join(cache, "blobs/expected.json"));
  await rename(path.join(cache, "blobs/config.json"), path.join(cache, "blobs/0badcafe"));
  await rm(path.join(cache, "snapshots/0123abc/config.json"));
  await symlink("../../blobs/0badcafe", path.join(cache, "snapshots/0123abc/config.json"));
  const prepared = await prepare(cache, at("hub-out"));
  expect(prepared.settings.source.format).toBe("huggingface");
});

test("a sentence-transformers directory keeps its pooling, normalisation, prompts and limit", async () => {
  const source = fixture("huggingface/sentence-transformers");
  const expected = await expectedOf("sentence-transformers");
  const prepared = await prepare(source, at("sentences"));
  expect(prepared.settings).toMatchObject({
    pooling: "mean",
    normalize: true,
    prompts: { query: "query: ", passage: "passage: " },
    maxTokens: 16,
    tokenizer: { lowerCase: true, stripAccents: true, maxWordLength: 100 },
    source: { format: "sentence-transformers", weights: "safetensors" },
  });
  expect(prepared.settings.defaultPrompt).toBeUndefined();
  const answered = await runPrepared(prepared.directory, expected.rows);
  const unit = answered.map((vector) => {
    const length = Math.hypot(...vector);
    return vector.map((value) => value / length);
  });
  expect(largestDifference(unit, expected.embeddings)).toBeLessThan(5e-6);
  // The vocabulary came out of tokenizer.json: the library no longer writes vocab.txt.
  const vocabulary = await readFile(path.join(prepared.directory, "vocab.txt"), "utf8");
  expect(vocabulary.split("\n").slice(0, 6)).toEqual(["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "a"]);
});

type Members = Record<string, unknown>;

/** Copies a fixture, changes one JSON file of it, and converts it. */
async function changed(
  name: string,
  source: string,
  file: string,
  change: Members | ((members: Members) => unknown),
) {
  const directory = at(`changed/${name}`);
  await cp(fixture(`huggingface/${source}`), directory, { recursive: true });
  const target = path.join(directory, file);
  const members = JSON.parse(await readFile(target, "utf8").catch(() => "{}")) as Members;
  const value = typeof change === "function" ? change(members) : { ...members, ...change };
  await writeFile(target, JSON.stringify(value));
  return prepare(directory, at(`changed/${name}-out`));
}

const REFUSED: ReadonlyArray<readonly [string, string, string, Members, RegExp]> = [
  ["another model", "safetensors", "config.json", { model_type: "roberta" }, /model_type is "roberta"/],
  [
    "relative positions",
    "safetensors",
    "config.json",
    { position_embedding_type: "relative_key" },
    /relative_key/,
  ],
  [
    "a DPR with a projection",
    "dpr",
    "config.json",
    { projection_dim: 8 },
    /projection_dim is 8; bertops reads DPR without/,
  ],
  [
    "a normaliser of its own",
    "sparse-config",
    "tokenizer.json",
    { normalizer: { type: "Sequence", normalizers: [{ type: "NFKC" }, { type: "BertNormalizer" }] } },
    /the normalizer has NFKC; bertops reads BertNormalizer alone/,
  ],
  [
    "another pre-tokenizer",
    "sparse-config",
    "tokenizer.json",
    { pre_tokenizer: { type: "Whitespace" } },
    /the pre_tokenizer has Whitespace/,
  ],
  ["a decoder", "safetensors", "config.json", { is_decoder: true }, /is_decoder is true/],
  ["an unknown activation", "safetensors", "config.json", { hidden_act: "silu" }, /hidden_act is "silu"/],
  ["another width", "safetensors", "config.json", { hidden_size: 28 }, /has the shape \[44, 24\]/],
  ["another depth", "pytorch-legacy", "config.json", { num_hidden_layers: 4 }, /has 2 layers, but .* says 4/],
  [
    "a layer_norm_eps of text",
    "safetensors",
    "config.json",
    { layer_norm_eps: "small" },
    /layer_norm_eps is "small"/,
  ],
  [
    "another tokenizer",
    "safetensors",
    "tokenizer_config.json",
    { tokenizer_class: "BertJapaneseTokenizer" },
    /Japanese/,
  ],
];

for (const [name, source, file, members, message] of REFUSED) {
  test(`${name}: refused by name`, async () => {
    await expect(changed(name, source, file, members)).rejects.toMatchObject({
      exitCode: 2,
      message: expect.stringMatching(message) as string,
    });
  });
}

test("older pooling flags are read, a path outside the model is refused", async () => {
  const flags = { pooling_mode: undefined, pooling_mode_cls_token: true, pooling_mode_mean_tokens: false };
  const older = await changed("flags", "sentence-transformers", "1_Pooling/config.json", flags);
  expect(older.settings.pooling).toBe("cls");
  const outside = () => [{ type: "a.Transformer", path: "../safetensors" }];
  await expect(changed("outside", "sentence-transformers", "modules.json", outside)).rejects.toMatchObject({
    reason: "corrupt-model",
  });
});

test("pieces inside a word that begin otherwise are refused by name; members that are null are left out", async () => {
  const prefixed = (json: Members) => ({
    ...json,
    model: { ...(json["model"] as Members), continuing_subword_prefix: "@@" },
  });
  await expect(changed("prefix", "sparse-config", "tokenizer.json", prefixed)).rejects.toMatchObject({
    message: expect.stringMatching(/begin with "@@"; bertops reads ##/) as string,
  });
  const nothing = {
    position_embedding_type: null,
    is_decoder: null,
    hidden_act: null,
    layer_norm_eps: null,
    model_type: null,
  };
  const prepared = await changed("null", "safetensors", "config.json", nothing);
  expect(prepared.settings.activation).toBe("gelu");
});

test("the tokenizer's own settings count more than what the vocabulary looks like", async () => {
  const settings = {
    do_lower_case: false,
    strip_accents: true,
    tokenize_chinese_chars: false,
    model_max_length: 12,
  };
  const prepared = await changed("tokenizer", "safetensors", "tokenizer_config.json", settings);
  expect(prepared.settings.maxTokens).toBe(12);
  expect(prepared.settings.tokenizer).toMatchObject({
    lowerCase: false,
    stripAccents: true,
    splitChinese: false,
  });
});

test("a table that was padded to a multiple of eight is taken, a vocabulary of another model is not", async () => {
  const lines = (await readFile(path.join(fixture("huggingface/safetensors"), "vocab.txt"), "utf8")).split(
    "\n",
  );
  for (const [name, kept, taken] of [
    ["more", [...lines, "one", "two"], false],
    ["fewer", lines.slice(0, 40), false],
  ] as const) {
    const directory = at(`vocabulary-${name}`);
    await cp(fixture("huggingface/safetensors"), directory, { recursive: true });
    await writeFile(path.join(directory, "vocab.txt"), kept.join("\n"));
    const outcome = await prepare(directory, at(`vocabulary-${name}-out`)).then(
      () => true,
      () => false,
    );
    expect(outcome).toBe(taken);
  }
});

test("a PyTorch model in several files is read by its index", async () => {
  const directory = at("pytorch-index");
  await cp(fixture("huggingface/pytorch-zip"), directory, { recursive: true });
  const file = "pytorch_model-00001-of-00001.bin";
  await rename(path.join(directory, "pytorch_model.bin"), path.join(directory, file));
  const index = JSON.stringify({ weight_map: { "embeddings.word_embeddings.weight": file } });
  await writeFile(path.join(directory, "pytorch_model.bin.index.json"), index);
  const expected = await expectedOf("pytorch-zip");
  const prepared = await prepare(directory, at("pytorch-index-out"));
  expect(largestDifference(await runPrepared(prepared.directory, expected.texts), expected.cls)).toBeLessThan(
    1e-5,
  );
});

test("a release of Google's and a Hugging Face model in one directory are not guessed between", async () => {
  await cp(fixture("huggingface/safetensors"), at("both"), { recursive: true });
  await cp(fixture("tensorflow/halves"), at("both"), { recursive: true });
  await expect(prepare(at("both"), at("both-out"))).rejects.toMatchObject({
    reason: "ambiguous-model",
    exitCode: 2,
  });
  await rm(at("both"), { recursive: true });
});
