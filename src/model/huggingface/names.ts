/** How a kind of model calls Google's variables. */
export interface Naming {
  /** Possible names in the file, without a prefix; the first that is there is taken. */
  readonly namesOf: (variable: string) => readonly string[];
  /** Finds the number of a layer in a name. */
  readonly layer: RegExp;
}

/** Names of Hugging Face's BERT; the oldest files have `gamma` and `beta`. */
export const BERT: Naming = {
  layer: /^encoder\.layer\.(\d{1,6})\./,
  namesOf: (variable) => {
    const dotted = variable.replace(/layer_(\d+)/, "layer.$1").replaceAll("/", ".");
    return spellings(dotted);
  },
};

const DISTILBERT_PARTS: Readonly<Record<string, string>> = {
  "attention.self.query": "attention.q_lin",
  "attention.self.key": "attention.k_lin",
  "attention.self.value": "attention.v_lin",
  "attention.output.dense": "attention.out_lin",
  "attention.output.LayerNorm": "sa_layer_norm",
  "intermediate.dense": "ffn.lin1",
  "output.dense": "ffn.lin2",
  "output.LayerNorm": "output_layer_norm",
};

/** Names of Hugging Face's DistilBERT: BERT without token types, under other names. */
export const DISTILBERT: Naming = {
  layer: /^transformer\.layer\.(\d{1,6})\./,
  namesOf: (variable) => {
    const match = /^encoder\/layer_(\d+)\/(.*)\/(\w+)$/.exec(variable);
    if (match === null) return BERT.namesOf(variable);
    const [, layer = "", part = "", last = ""] = match;
    const renamed = DISTILBERT_PARTS[part.replaceAll("/", ".")] ?? part;
    return spellings(`transformer.layer.${layer}.${renamed}.${last}`);
  },
};

function spellings(dotted: string): string[] {
  if (dotted.endsWith("_embeddings")) return [`${dotted}.weight`];
  if (dotted.endsWith(".kernel")) return [dotted.replace(/kernel$/, "weight")];
  if (dotted.endsWith(".gamma")) return [dotted.replace(/gamma$/, "weight"), dotted];
  if (dotted.endsWith(".beta")) return [dotted.replace(/beta$/, "bias"), dotted];
  return [dotted];
}
