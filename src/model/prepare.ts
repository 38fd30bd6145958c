import { readFile } from "node:fs/promises";
import path from "node:path";
import { EXIT, UserError } from "../errors.ts";
import type { Emit } from "../events.ts";
import type { Activation, Architecture, Pooling } from "./bert/architecture.ts";
import { buildGraph } from "./bert/graph.ts";
import type { RecognisedModel } from "./finding.ts";
import type { OpenModel, OpenOptions } from "./open-model.ts";
import { listDirectory } from "./directory-listing.ts";
import { measureFidelity } from "./fidelity/measure-fidelity.ts";
import { type Fidelity, type ModelSettings, type Precision, PREPARED } from "./prepared/settings.ts";
import { writePrepared } from "./prepared/write-prepared.ts";
import { recogniseModel } from "./recognise.ts";
import { checkOutput, inStaging } from "./staging.ts";
import { openHuggingface } from "./huggingface/open-huggingface.ts";
import { openSentenceTransformers } from "./sentence-transformers/open-sentence-transformers.ts";
import { openTensorflow } from "./tensorflow/open-tensorflow.ts";

export interface PrepareOptions {
  /** A directory of any form that bertops knows, or a checkpoint's path without `.index`. */
  readonly input: string;
  /** The directory to write; absent, empty, or a prepared model, which is replaced. */
  readonly output: string;
  /** Default: what the model's own files say, else `cls`. */
  readonly pooling?: Pooling;
  readonly precision: Precision;
  /** The least cosine to exact answers, over the texts that bertops ships, at which an 8-bit model is still written. */
  readonly minFidelity?: number;
  readonly activation?: Activation;
  readonly lowerCase?: boolean;
  readonly signal: AbortSignal;
  readonly emit: Emit;
}

/** A directory that the service can load. */
export interface PreparedModel {
  /** `output`, or `input` where that was prepared already: then nothing was written. */
  readonly directory: string;
  readonly written: boolean;
  readonly settings: ModelSettings;
  readonly files: readonly { readonly path: string; readonly size: number }[];
  /** The sum of the files' sizes. */
  readonly bytes: number;
}

/** Recognises a model and writes it in the form that the service loads; equal models give equal bytes. */
export async function prepareModel(options: PrepareOptions): Promise<PreparedModel> {
  const recognised = await recogniseModel(options.input);
  if (recognised.form === "prepared") return describe(recognised.directory, false);
  const output = path.resolve(options.output);
  checkApart(output, recognised.directory);
  await checkOutput(output);
  const label = `convert ${recognised.directory}`;
  options.emit({ type: "step", id: "convert", state: "started", label });
  const model = await open(recognised, options);
  try {
    const pooling = options.pooling ?? model.pooling ?? "cls";
    const graph = buildGraph(model.architecture, model.weights, { pooling, precision: options.precision });
    const fidelity = options.precision === "fp32" ? undefined : await measure(model, pooling, options);
    const settings = settingsOf(model, pooling, options.precision, fidelity);
    await inStaging(output, (directory) =>
      writePrepared(directory, { graph, vocabulary: model.vocabulary, settings }, options),
    );
  } finally {
    await model.close();
  }
  options.emit({ type: "step", id: "convert", state: "done", label, detail: output });
  return describe(output, true);
}

/** Opens a recognised model and checks its files against each other. */
function open(
  model: Exclude<RecognisedModel, { form: "prepared" }>,
  options: OpenOptions & { readonly pooling?: Pooling },
): Promise<OpenModel> {
  if (model.form === "tensorflow") return openTensorflow(model, options);
  if (model.form === "huggingface") return openHuggingface(model, options);
  return openSentenceTransformers(model, options);
}

/** Below this an 8-bit model is refused unless the caller sets another floor: its answers are no longer the model's. */
const FLOOR = 0.95;

async function measure(model: OpenModel, pooling: Pooling, options: PrepareOptions): Promise<Fidelity> {
  const { precision, emit, signal } = options;
  const step = { type: "step", id: "fidelity", label: `compare ${precision} with fp32` } as const;
  emit({ ...step, state: "started" });
  const layerDone = (): void => signal.throwIfAborted();
  const fidelity = await measureFidelity(model, { pooling, precision, layerDone });
  const detail = `cosine ${fidelity.cosineMin} at least, ${fidelity.cosineMean} on average, over ${fidelity.texts} texts`;
  const floor = options.minFidelity ?? FLOOR;
  const enough = fidelity.cosineMin >= floor;
  emit({ ...step, state: enough ? "done" : "failed", detail });
  if (enough) return fidelity;
  throw new UserError({
    reason: "fidelity-too-low",
    message: `With ${precision} this model's answers stray too far from its exact ones: cosine ${fidelity.cosineMin} at worst, where ${floor} is asked for.`,
    hint: "Keep fp32, try int8-row, or accept it with --min-fidelity.",
  });
}

function settingsOf(
  model: OpenModel,
  pooling: Pooling,
  precision: Precision,
  fidelity?: Fidelity,
): ModelSettings {
  const { architecture } = model;
  return {
    format: 1,
    preparedBy: "bertops",
    architecture: model.kind,
    layers: architecture.layers,
    hidden: architecture.hidden,
    heads: architecture.heads,
    intermediate: architecture.intermediate,
    maxTokens: model.maxTokens,
    vocabularySize: architecture.vocabularySize,
    tokenizer: model.tokenizer,
    pooling,
    normalize: model.normalize,
    ...(model.prompts === undefined ? {} : { prompts: model.prompts }),
    ...(model.defaultPrompt === undefined ? {} : { defaultPrompt: model.defaultPrompt }),
    precision,
    activation: architecture.activation,
    ...(fidelity === undefined ? {} : { fidelity }),
    source: model.source,
    parameters: parametersOf(architecture, model.weights.tokenTypes),
  };
}

function parametersOf(architecture: Architecture, tokenTypes: number): number {
  const { hidden, intermediate } = architecture;
  const tables = architecture.vocabularySize + architecture.positions + tokenTypes;
  const attention = 4 * hidden * (hidden + 1);
  const feedForward = hidden * intermediate + intermediate + intermediate * hidden + hidden;
  return tables * hidden + 2 * hidden + architecture.layers * (attention + feedForward + 4 * hidden);
}

function checkApart(output: string, input: string): void {
  const source = path.resolve(input);
  if (source !== output && !source.startsWith(`${output}${path.sep}`)) return;
  throw new UserError({
    reason: "output-is-input",
    message: `The prepared model would be written over the model it is made from, ${source}.`,
    hint: "Name another directory to write to.",
    exitCode: EXIT.usage,
  });
}

async function describe(directory: string, written: boolean): Promise<PreparedModel> {
  const settings = JSON.parse(
    await readFile(path.join(directory, PREPARED.settings), "utf8"),
  ) as ModelSettings;
  const listing = await listDirectory(directory);
  const files = Object.values(PREPARED).map((name) => ({ path: name, size: listing.files.get(name) ?? 0 }));
  return { directory, written, settings, files, bytes: files.reduce((sum, file) => sum + file.size, 0) };
}
