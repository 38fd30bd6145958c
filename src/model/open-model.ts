import type { Architecture, BertWeights, Pooling } from "./bert/architecture.ts";
import type { PackedSettings, SourceSettings, TokenizerSettings } from "./prepared/settings.ts";
import type { Vocabulary } from "./vocabulary.ts";

/** A model of any form, opened and checked against its own configuration, ready to be written as a prepared one. */
export interface OpenModel {
  readonly kind: PackedSettings["architecture"];
  readonly architecture: Architecture;
  readonly weights: BertWeights;
  readonly vocabulary: Vocabulary;
  readonly tokenizer: TokenizerSettings;
  readonly maxTokens: number;
  /** What the model's own files say of pooling; absent where they say nothing. */
  readonly pooling?: Pooling;
  readonly normalize: boolean;
  readonly prompts?: Readonly<Record<string, string>>;
  readonly defaultPrompt?: string;
  readonly source: SourceSettings;
  readonly close: () => Promise<void>;
}

/** What a caller knows better than the model's files. */
export interface OpenOptions {
  readonly activation?: Architecture["activation"];
  readonly lowerCase?: boolean;
}
