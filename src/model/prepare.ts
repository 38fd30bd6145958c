import { readFile } from "node:fs/promises";
import path from "node:path";
import { EXIT, UserError } from "../errors.ts";
import type { Emit } from "../events.ts";
import type { Activation, Architecture, Pooling } from "./bert/architecture.ts";
import { buildGraph } from "./bert/graph.ts";
import type { RecognisedModel } from "./finding.ts";
import type { OpenModel, OpenOptions } from "./open-model.ts";
import { listDirectory } from "./directory-listing.ts";
import { type ModelSettings, type Precision, PREPARED } from "./prepared/settings.ts";
import { writePrepared } from "./prepared/write-prepared.ts";
import { recogniseModel } from "./recognise.ts";
import { checkOutput, inStaging } from "./staging.ts";
import { unsupported } from "./unsupported.ts";
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
  if (options.precision !== "fp32") throw unsupported(`The precision ${options.precision} is not built yet.`);
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
    const graph = buildGraph(model.architecture, model.weights, pooling);
    const settings = settingsOf(model, pooling, options.precision);
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

function settingsOf(model: OpenModel, pooling: Pooling, precision: Precision): ModelSettings {
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
