import { readFile } from "node:fs/promises";
import path from "node:path";
import { EXIT, UserError } from "../errors.ts";
import type { Emit } from "../events.ts";
import type { Activation } from "./bert/architecture.ts";
import { buildGraph } from "./bert/graph.ts";
import type { Form, RecognisedModel } from "./finding.ts";
import type { OpenModel, OpenOptions } from "./open-model.ts";
import { listDirectory } from "./directory-listing.ts";
import { checkFidelity } from "./fidelity/check-fidelity.ts";
import { settingsOf } from "./prepared/settings-of.ts";
import { type ModelSettings, type Precision, PREPARED, preparedFiles } from "./prepared/settings.ts";
import { writePrepared } from "./prepared/write-prepared.ts";
import { prepareExport } from "./onnx-export/prepare-export.ts";
import { recogniseModel, type RecogniseOptions } from "./recognise.ts";
import { checkOutput, inStaging } from "./staging.ts";
import { openHuggingface } from "./huggingface/open-huggingface.ts";
import type { Pooling } from "./pooling.ts";
import { openSentenceTransformers } from "./sentence-transformers/open-sentence-transformers.ts";
import { unsupported } from "./unsupported.ts";
import { openTensorflow } from "./tensorflow/open-tensorflow.ts";

export interface PrepareOptions {
  /** A directory of any form that bertops knows, or a checkpoint's path without `.index`. */
  readonly input: string;
  /** The directory to write; absent, empty, or a prepared model, which is replaced. */
  readonly output: string;
  /** The form that is meant where the directory holds a model in several. */
  readonly as?: Form;
  /** Asks which model is meant. */
  readonly choose?: NonNullable<RecogniseOptions["choose"]>;
  /** Default: what the model's own files say, else `cls`. */
  readonly pooling?: Pooling;
  readonly precision: Precision;
  /** The least cosine to exact answers, over the texts that bertops ships, at which an 8-bit model is still written. */
  readonly minFidelity?: number;
  readonly activation?: Activation;
  readonly lowerCase?: boolean;
  /** The most tokens of one text; default: as many as the model reads. */
  readonly maxTokens?: number;
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
  const { emit } = options;
  const recognised = await recogniseModel(options.input, options);
  if (recognised.form === "prepared") return asItIs(recognised.directory, options);
  const output = path.resolve(options.output);
  checkApart(output, recognised.directory);
  await checkOutput(output);
  const step = { type: "step", id: "convert", label: `convert ${recognised.directory}` } as const;
  emit({ ...step, state: "started" });
  try {
    if (recognised.form === "onnx") await prepareExport(recognised, output, options);
    else await prepareWeights(recognised, output, options);
  } catch (error) {
    emit({ ...step, state: "failed" });
    throw error;
  }
  emit({ ...step, state: "done", detail: output });
  return describe(output, true);
}

/** Writes a graph of bertops' own for a model's weights. */
async function prepareWeights(recognised: Weights, output: string, options: PrepareOptions): Promise<void> {
  const model = await open(recognised, options);
  try {
    await write(model, output, options);
  } finally {
    await model.close();
  }
}

/** A text of one token, with those around it. */
const LEAST_TOKENS = 3;

async function write(opened: OpenModel, output: string, options: PrepareOptions): Promise<void> {
  const { precision, pooling } = options;
  const model = { ...opened, maxTokens: Math.min(opened.maxTokens, options.maxTokens ?? opened.maxTokens) };
  if (model.maxTokens < LEAST_TOKENS) {
    throw unsupported(
      `The model reads ${model.maxTokens} tokens of a text; ${LEAST_TOKENS} are the least, two of which are around every text.`,
    );
  }
  const poolings = pooling === undefined ? (model.poolings ?? (["cls"] as const)) : [pooling];
  const { head } = model;
  const graph = buildGraph(model.architecture, model.weights, { poolings, head, precision });
  const fidelity = precision === "fp32" ? undefined : await checkFidelity(model, { ...options, poolings });
  const settings = settingsOf(model, poolings, precision, fidelity);
  const content = { graph, vocabulary: model.vocabulary, settings };
  await inStaging(output, (directory) => writePrepared(directory, content, options));
}

type Weights = Exclude<RecognisedModel, { form: "prepared" } | { form: "onnx" }>;

/** A model that was prepared before: its settings are in its graph, so what is asked for now cannot change them. */
async function asItIs(directory: string, options: PrepareOptions): Promise<PreparedModel> {
  const prepared = await describe(directory, false);
  const { pooling, precision } = prepared.settings;
  const asked = [
    ...(options.precision === "fp32" ? [] : [[options.precision, precision]]),
    ...(options.pooling === undefined ? [] : [[options.pooling, pooling]]),
  ];
  for (const [wanted, is] of asked) {
    if (wanted === is) continue;
    options.emit({
      type: "warning",
      message: `${directory} was prepared with ${is}; ${wanted} is not applied.`,
      hint: "Convert the original model again to change it.",
    });
  }
  return prepared;
}

/** Opens a recognised model and checks its files against each other. */
function open(model: Weights, options: OpenOptions & { readonly pooling?: Pooling }): Promise<OpenModel> {
  if (model.form === "tensorflow") return openTensorflow(model, options);
  if (model.form === "huggingface") return openHuggingface(model, options);
  return openSentenceTransformers(model, options);
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
  const files = preparedFiles({ ...settings }).map((name) => ({
    path: name,
    size: listing.files.get(name) ?? 0,
  }));
  return { directory, written, settings, files, bytes: files.reduce((sum, file) => sum + file.size, 0) };
}
