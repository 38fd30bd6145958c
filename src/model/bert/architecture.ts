import type { Tensor } from "../tensor.ts";

/** The form of the non-linearity in the feed-forward layers: exact GELU, its tanh approximation, or ReLU. */
export type Activation = "gelu" | "gelu_tanh" | "relu";
export const ACTIVATIONS: readonly Activation[] = ["gelu", "gelu_tanh", "relu"];

/** The measures of a BERT encoder, checked. */
export interface Architecture {
  readonly layers: number;
  readonly hidden: number;
  readonly heads: number;
  readonly intermediate: number;
  /** Rows of the position table. */
  readonly positions: number;
  readonly vocabularySize: number;
  readonly activation: Activation;
  readonly layerNormEpsilon: number;
}

/**
 * The weights of a BERT encoder, asked for by Google's variable names without the `bert/` prefix. Kernels have
 * MatMul's orientation, [in, out]. `embeddings/token_type_embeddings` may be absent (DistilBERT).
 */
export interface BertWeights {
  /** The tensor of that name, with exactly that shape; throws UserError otherwise. */
  readonly tensor: (name: string, shape: readonly number[]) => Tensor;
  /** Rows of the token type table; 0 where the architecture has none. */
  readonly tokenTypes: number;
}
