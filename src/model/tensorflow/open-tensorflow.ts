import path from "node:path";
import type { Architecture, BertWeights } from "../bert/architecture.ts";
import { Bundle } from "../checkpoint/bundle.ts";
import { ConfigFile, MOST } from "../config-file.ts";
import type { OpenModel, OpenOptions } from "../open-model.ts";
import { mismatch, unsupported } from "../unsupported.ts";
import { fitVocabulary, isLowerCased, readVocabulary } from "../vocabulary.ts";
import { googleTokenizer } from "./google-tokenizer.ts";

/** The files of a release in Google's layout. */
export interface TensorflowRelease {
  readonly form: "tensorflow";
  readonly directory: string;
  readonly config: string;
  readonly vocabulary: string;
  /** The checkpoint without `.index`. */
  readonly prefix: string;
}

/** Opens Google's layout: configuration, vocabulary and checkpoint, checked against each other. */
export async function openTensorflow(release: TensorflowRelease, options: OpenOptions): Promise<OpenModel> {
  const config = await ConfigFile.read(release.config);
  const architecture = readArchitecture(config, options);
  const types = config.members["type_vocab_size"] === 0 ? 0 : config.count("type_vocab_size", MOST.types);
  const pieces = await readVocabulary(release.vocabulary);
  const vocabulary = fitVocabulary(pieces, architecture.vocabularySize, release.vocabulary);
  const bundle = await Bundle.open(release.prefix);
  try {
    return {
      kind: "bert",
      architecture,
      weights: variables(bundle, architecture, types, config.path),
      vocabulary,
      tokenizer: googleTokenizer(vocabulary, options.lowerCase ?? isLowerCased(vocabulary)),
      maxTokens: architecture.positions,
      head: [],
      normalize: false,
      source: { format: "tensorflow", checkpoint: path.basename(release.prefix) },
      close: () => bundle.close(),
    };
  } catch (error) {
    await bundle.close();
    throw error;
  }
}

// bert_config.json does not say which form of GELU it means. Google's code had erf when the base, large and
// multilingual models came out (2018), and so has every other reader of these files; the tanh form is a flag away.
const ACTIVATION_NAMES = {
  gelu: "gelu",
  gelu_new: "gelu_tanh",
  gelu_tanh: "gelu_tanh",
  relu: "relu",
} as const;

function readArchitecture(config: ConfigFile, options: OpenOptions): Architecture {
  const hidden = config.count("hidden_size", MOST.hidden);
  const heads = config.count("num_attention_heads", hidden);
  if (hidden % heads !== 0) {
    throw mismatch(
      `${config.path}: hidden_size ${hidden} is no multiple of num_attention_heads ${heads}.`,
      "Use the file that was published with these weights.",
    );
  }
  return {
    layers: config.count("num_hidden_layers", MOST.layers),
    hidden,
    heads,
    intermediate: config.count("intermediate_size", MOST.intermediate),
    positions: config.count("max_position_embeddings", MOST.positions),
    vocabularySize: config.count("vocab_size", MOST.vocabulary),
    activation: options.activation ?? config.activation("hidden_act", ACTIVATION_NAMES),
    layerNormEpsilon: 1e-12,
  };
}

/** Google's variables; others in the checkpoint (`cls/*`, Adam's slots, `global_step`) are never looked at. */
function variables(bundle: Bundle, architecture: Architecture, types: number, config: string): BertWeights {
  const scope = scopeOf(bundle);
  checkLayers(bundle, scope, architecture.layers, config);
  return {
    tokenTypes: types,
    tensor: (name, shape) => {
      const full = `${scope}${name}`;
      const found = bundle.shape(full);
      if (found === undefined) {
        throw mismatch(
          `${bundle.prefix}.index has no variable ${full}.`,
          `Use the ${path.basename(config)} that was published with these weights.`,
        );
      }
      if (found.length !== shape.length || found.some((size, index) => size !== shape[index])) {
        throw mismatch(
          `${full} has the shape [${found.join(", ")}], but ${config} means [${shape.join(", ")}].`,
          `Use the ${path.basename(config)} that was published with these weights.`,
        );
      }
      return { ...bundle.tensor(full), name };
    },
  };
}

/** What stands before Google's names: `bert/` in their releases, something else in some fine-tuned models. */
function scopeOf(bundle: Bundle): string {
  const key = "embeddings/word_embeddings";
  const scopes = bundle.names.filter((name) => name.endsWith(key)).map((name) => name.slice(0, -key.length));
  if (scopes.includes("bert/")) return "bert/";
  if (scopes.length === 1 && scopes[0] !== undefined) return scopes[0];
  if (bundle.names.some((name) => name.includes(".ATTRIBUTES/VARIABLE_VALUE"))) {
    throw unsupported(
      `${bundle.prefix}.index is an object-based checkpoint of TensorFlow 2, whose names are not Google BERT's.`,
      "Save the model with Google's variable names (tf.compat.v1.train.Saver), or in Hugging Face's form.",
    );
  }
  const some = bundle.names.slice(0, 3).join(", ");
  throw unsupported(
    `${bundle.prefix}.index holds no BERT: it has ${bundle.names.length} variables (${some}…), none is bert/${key}.`,
  );
}

function checkLayers(bundle: Bundle, scope: string, layers: number, config: string): void {
  let found = 0;
  for (const name of bundle.names) {
    const match = /^encoder\/layer_(\d{1,6})\//.exec(name.startsWith(scope) ? name.slice(scope.length) : "");
    if (match !== null) found = Math.max(found, Number(match[1]) + 1);
  }
  if (found === layers) return;
  throw mismatch(
    `${bundle.prefix}.index has ${found} layers, but ${config} says ${layers}.`,
    `Use the ${path.basename(config)} that was published with these weights.`,
  );
}
