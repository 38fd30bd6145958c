import type { Activation } from "../bert/architecture.ts";

/** How the graph computes: exactly, fastest, or in 8 bits with answers that do not depend on what else is in the run. */
export type Precision = "fp32" | "int8" | "int8-row";
export const PRECISIONS: readonly Precision[] = ["fp32", "int8", "int8-row"];

/** `bertops.json` of a prepared model; docs/model-format.md says what each member means. */
export type ModelSettings = PackedSettings | PaddedSettings;

interface CommonSettings {
  readonly format: 1;
  readonly preparedBy: "bertops";
  readonly hidden: number;
  readonly maxTokens: number;
  readonly vocabularySize: number;
  readonly normalize: boolean;
  readonly prompts?: Readonly<Record<string, string>>;
  readonly defaultPrompt?: string;
  readonly source: SourceSettings;
  readonly parameters: number;
}

/** A model whose graph bertops wrote: it takes packed rows. */
export interface PackedSettings extends CommonSettings {
  readonly architecture: "bert" | "distilbert";
  readonly layers: number;
  readonly heads: number;
  readonly intermediate: number;
  readonly tokenizer: TokenizerSettings;
  /** One pooling, or several as `poolingText` writes them. */
  readonly pooling: string;
  /** Numbers of an embedding, where that is not `hidden`. */
  readonly dimensions?: number;
  readonly precision: Precision;
  readonly activation: Activation;
  readonly fidelity?: Fidelity;
}

/** An ONNX export, whose graph is kept as it is: it takes padded texts, and a tokenizer.json belongs to it. */
export interface PaddedSettings extends CommonSettings {
  /** What config.json calls it, else `onnx`. */
  readonly architecture: string;
  readonly layers?: number;
  readonly heads?: number;
  readonly tokenizer: TokenizerJsonSettings;
  readonly graph: GraphSettings;
  readonly pooling: ExportPooling;
  readonly dimensions?: undefined;
  /** The type that most weights have. */
  readonly precision: ExportPrecision;
  readonly activation?: undefined;
  readonly fidelity?: undefined;
}

/** Of the poolings those that the service does itself, or done by the graph. */
export type ExportPooling = "cls" | "mean" | "last" | "graph";
export type ExportPrecision = "fp32" | "fp16" | "bf16" | "int8" | "int4" | "mixed";

export interface TokenizerJsonSettings {
  readonly type: "tokenizer.json";
  /** Texts are lower-cased before the tokenizer sees them. */
  readonly lowerCase: boolean;
}

/** How an exported graph is called. */
export interface GraphSettings {
  readonly rows: "padded";
  readonly inputs: ReadonlyArray<{
    readonly name: string;
    readonly type: "int64" | "int32";
    readonly value: "ids" | "mask" | "types" | "positions";
  }>;
  readonly output: string;
  /** Whether the output holds one row a token, or one vector a text. */
  readonly holds: "rows" | "vectors";
  /** The id that texts are filled up with. */
  readonly padding: number;
  /** Names of the files beside the graph in which its weights are. */
  readonly data: readonly string[];
}

export interface TokenizerSettings {
  readonly type: "wordpiece";
  readonly lowerCase: boolean;
  readonly stripAccents: boolean;
  readonly splitChinese: boolean;
  readonly unknown: string;
  readonly cls: string;
  readonly sep: string;
  readonly pad: string | null;
  readonly maxWordLength: number;
}

/** Where a prepared model came from, without paths: equal sources give equal files. */
export interface SourceSettings {
  readonly format: "tensorflow" | "huggingface" | "sentence-transformers" | "onnx";
  /** TensorFlow: the checkpoint's prefix without its directory. */
  readonly checkpoint?: string;
  /** Hugging Face: `safetensors` or `pytorch`. */
  readonly weights?: string;
  /** ONNX: the graph's file in the model's directory. */
  readonly graph?: string;
}

/** How far 8-bit answers are from fp32's, on the texts that bertops ships. */
export interface Fidelity {
  readonly texts: number;
  readonly cosineMin: number;
  readonly cosineMean: number;
  readonly similarityChangeMax: number;
  readonly similarityChangeMean: number;
}

/** The files of a prepared model. */
export const PREPARED = {
  graph: "model.onnx",
  weights: "model.onnx.data",
  vocabulary: "vocab.txt",
  tokenizer: "tokenizer.json",
  settings: "bertops.json",
} as const;

/** The names of the files that a prepared model with these settings consists of, whatever wrote them. */
export function preparedFiles(settings: Readonly<Record<string, unknown>>): readonly string[] {
  const { graph } = settings;
  if (typeof graph !== "object" || graph === null)
    return [PREPARED.graph, PREPARED.weights, PREPARED.vocabulary, PREPARED.settings];
  const data: unknown = (graph as Readonly<Record<string, unknown>>)["data"];
  const names = Array.isArray(data)
    ? data.filter((name): name is string => typeof name === "string" && !/[/\\]/.test(name))
    : [];
  return [PREPARED.graph, ...names, PREPARED.tokenizer, PREPARED.settings];
}
