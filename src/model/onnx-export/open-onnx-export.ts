import { stat } from "node:fs/promises";
import path from "node:path";
import { readJsonArray, readJsonObject } from "../config-file.ts";
import { listDirectory } from "../directory-listing.ts";
import type { Pooling } from "../pooling.ts";
import type { PaddedSettings } from "../prepared/settings.ts";
import { listedModules } from "../sentence-transformers/modules.ts";
import { readSentenceSteps, type SentenceSteps } from "../sentence-transformers/read-steps.ts";
import { mismatch } from "../unsupported.ts";
import { checkRunnable, dataFilesOf } from "./check-graph.ts";
import { exportPooling } from "./export-pooling.ts";
import { interfaceOf } from "./graph-interface.ts";
import { type GraphFacts, readGraphFacts } from "./graph-facts.ts";
import type { OnnxExport } from "./look-for-onnx-export.ts";
import { parametersOf, precisionOf } from "./weights-summary.ts";
import { readTokenizerJson, type TokenizerJson } from "./tokenizer-json.ts";

/** An export, checked: what is written beside its graph, and what is known of its weights. */
export interface OpenExport {
  readonly settings: PaddedSettings;
  readonly facts: GraphFacts;
}

export interface OpenExportOptions {
  readonly pooling?: Pooling;
  readonly maxTokens?: number;
  /** Tells that texts are cut below what the model could read. */
  readonly warn: (message: string, hint: string) => void;
}

type Members = Readonly<Record<string, unknown>>;

/** Exported attention keeps a number for each pair of tokens: 8,192 tokens would take gigabytes a text. */
const USUAL_MOST_TOKENS = 2048;

/** Reads an export's graph, tokenizer and settings and checks them against each other. Throws UserError. */
export async function openOnnxExport(model: OnnxExport, options: OpenExportOptions): Promise<OpenExport> {
  const { graph } = model;
  const facts = await readGraphFacts(graph);
  checkRunnable(facts, graph);
  const beside = await listDirectory(path.dirname(graph));
  const data = dataFilesOf(facts, graph, beside.files);
  const config = await optional(model, "config.json");
  const tokenizerConfig = await optional(model, "tokenizer_config.json");
  const tokenizer = await readTokenizerJson(model.tokenizer);
  const steps = await sentenceSteps(model, options);
  const { width, ...call } = interfaceOf(facts, graph, options.pooling !== undefined);
  const vocabularySize = vocabularyOf(facts, config, tokenizer, model.tokenizer);
  const settings: PaddedSettings = {
    format: 1,
    preparedBy: "bertops",
    architecture: nameOf(config),
    ...counted(config, "layers", ["num_hidden_layers", "n_layers"]),
    hidden: width ?? hiddenOf(config, graph),
    ...counted(config, "heads", ["num_attention_heads", "n_heads"]),
    maxTokens: maxTokens(
      [tokenizerConfig["model_max_length"], steps?.maxTokens, positionsOf(config)],
      options,
    ),
    vocabularySize,
    tokenizer: { type: "tokenizer.json", lowerCase: steps?.lowerCase ?? false },
    graph: { ...call, padding: paddingOf(tokenizerConfig, config, tokenizer), data },
    pooling: call.holds === "vectors" ? "graph" : exportPooling(model.directory, steps, options.pooling),
    normalize: steps?.normalize ?? false,
    ...(steps?.prompts === undefined ? {} : { prompts: steps.prompts }),
    ...(steps?.defaultPrompt === undefined ? {} : { defaultPrompt: steps.defaultPrompt }),
    precision: precisionOf(facts.tensors),
    source: { format: "onnx", graph: path.relative(model.directory, graph).replaceAll(path.sep, "/") },
    parameters: parametersOf(facts.tensors),
  };
  return { settings, facts };
}

async function sentenceSteps(
  { directory }: OnnxExport,
  { pooling }: OpenExportOptions,
): Promise<SentenceSteps | undefined> {
  const file = path.join(directory, "modules.json");
  if ((await stat(file).catch(() => undefined))?.isFile() !== true) return undefined;
  const modules = listedModules(await readJsonArray(file), file);
  return readSentenceSteps({ directory, modules, pooling });
}

/** A JSON file that need not be there, beside the graph or above it. */
async function optional({ directory, graph }: OnnxExport, name: string): Promise<Members> {
  for (const place of [path.dirname(graph), directory]) {
    const file = path.join(place, name);
    if ((await stat(file).catch(() => undefined))?.isFile() === true) return readJsonObject(file);
  }
  return {};
}

function nameOf(config: Members): string {
  const type = config["model_type"];
  return typeof type === "string" && /^[\w-]{1,50}$/.test(type) ? type : "onnx";
}

function counted(
  config: Members,
  name: "layers" | "heads",
  members: readonly string[],
): Partial<PaddedSettings> {
  const value = members.map((member) => config[member]).find((found) => found !== undefined);
  return typeof value === "number" && Number.isInteger(value) && value > 0 && value <= 1000
    ? { [name]: value }
    : {};
}

function hiddenOf(config: Members, graph: string): number {
  const value = config["hidden_size"] ?? config["dim"] ?? config["d_model"];
  if (typeof value === "number" && Number.isInteger(value) && value > 0 && value <= 65_536) return value;
  throw mismatch(
    `${graph} does not say how wide its output is, and no config.json beside it gives hidden_size.`,
    "Copy the model's config.json into the same directory.",
  );
}

/** The rows of the table that `input_ids` picks from, else what config.json says; the tokenizer must stay inside. */
function vocabularyOf(facts: GraphFacts, config: Members, tokenizer: TokenizerJson, file: string): number {
  const tables = facts.tensors.filter(({ name, shape }) => facts.tables.includes(name) && shape.length === 2);
  const said = config["vocab_size"];
  const rows = tables[0]?.shape[0] ?? (typeof said === "number" ? said : undefined);
  if (rows === undefined) return tokenizer.largestId + 1;
  if (tokenizer.largestId < rows) return rows;
  throw mismatch(
    `${file} has pieces up to the id ${tokenizer.largestId}, but the model's word embeddings have ${rows} rows.`,
    "Use the tokenizer that was published with this model.",
  );
}

/** Models whose first position is that behind the padding id, as RoBERTa's is. */
const SHIFTED =
  /^(roberta|xlm-roberta|xlm-roberta-xl|camembert|mpnet|data2vec-text|ibert|longformer|xmod|roberta-prelayernorm)$/;

function positionsOf(config: Members): number | undefined {
  const positions = config["max_position_embeddings"];
  if (typeof positions !== "number") return undefined;
  const padding = config["pad_token_id"];
  const shifted = SHIFTED.test(nameOf(config)) ? (typeof padding === "number" ? padding : 1) + 1 : 0;
  return positions - shifted;
}

function maxTokens(limits: readonly unknown[], options: OpenExportOptions): number {
  // Where nobody set a limit the tokenizer's file says 10^30.
  const said = limits.filter(
    (limit): limit is number => typeof limit === "number" && limit >= 3 && limit < 1e6,
  );
  const most = said.length === 0 ? 512 : Math.floor(Math.min(...said));
  if (options.maxTokens !== undefined)
    return Math.min(options.maxTokens, said.length === 0 ? Infinity : most);
  if (most <= USUAL_MOST_TOKENS) return most;
  options.warn(
    `The model reads ${most} tokens; texts are cut at ${USUAL_MOST_TOKENS}, since an export's attention takes memory for each pair of tokens.`,
    `--max-tokens ${most} takes them all.`,
  );
  return USUAL_MOST_TOKENS;
}

function paddingOf(tokenizerConfig: Members, config: Members, tokenizer: TokenizerJson): number {
  const token: unknown = tokenizerConfig["pad_token"];
  const named = typeof token === "object" && token !== null ? (token as Members)["content"] : token;
  const id = typeof named === "string" ? tokenizer.idOf(named) : undefined;
  if (id !== undefined) return id;
  const said = config["pad_token_id"];
  if (typeof said === "number" && Number.isInteger(said) && said >= 0 && said <= tokenizer.largestId)
    return said;
  return tokenizer.idOf("<pad>") ?? tokenizer.idOf("[PAD]") ?? 0;
}
