import type { Architecture, BertWeights } from "./bert/architecture.ts";
import type { HeadStep } from "./bert/head.ts";
import type { Pooling } from "./pooling.ts";
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
  readonly poolings?: readonly Pooling[];
  /** What is done with the pooled vectors, but for a normalisation at the end. */
  readonly head: readonly HeadStep[];
  /** The model ends with a normalisation. */
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
