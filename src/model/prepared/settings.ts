import type { Activation, Pooling } from "../bert/architecture.ts";

/** How the graph computes: exactly, fastest, or in 8 bits with answers that do not depend on what else is in the run. */
export type Precision = "fp32" | "int8" | "int8-row";
export const PRECISIONS: readonly Precision[] = ["fp32", "int8", "int8-row"];

/** `bertops.json` of a prepared model; docs/model-format.md says what each member means. */
export interface ModelSettings {
  readonly format: 1;
  readonly preparedBy: "bertops";
  readonly architecture: "bert" | "distilbert";
  readonly layers: number;
  readonly hidden: number;
  readonly heads: number;
  readonly intermediate: number;
  readonly maxTokens: number;
  readonly vocabularySize: number;
  readonly tokenizer: TokenizerSettings;
  readonly pooling: Pooling;
  readonly normalize: boolean;
  readonly prompts?: Readonly<Record<string, string>>;
  readonly defaultPrompt?: string;
  readonly precision: Precision;
  readonly activation: Activation;
  readonly fidelity?: Fidelity;
  readonly source: SourceSettings;
  readonly parameters: number;
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
  readonly format: "tensorflow" | "huggingface" | "sentence-transformers";
  /** TensorFlow: the checkpoint's prefix without its directory. */
  readonly checkpoint?: string;
  /** Hugging Face: `safetensors` or `pytorch`. */
  readonly weights?: string;
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
  settings: "bertops.json",
} as const;
