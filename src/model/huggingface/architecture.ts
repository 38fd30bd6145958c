import type { Architecture } from "../bert/architecture.ts";
import { type ConfigFile, MOST, readJsonObject } from "../config-file.ts";
import type { OpenOptions } from "../open-model.ts";
import { mismatch, unsupported } from "../unsupported.ts";

/** What a Hugging Face config.json says of a model that bertops reads. */
export interface HuggingfaceArchitecture {
  readonly kind: "bert" | "distilbert";
  readonly architecture: Architecture;
  readonly tokenTypes: number;
}

const ACTIVATION_NAMES = {
  gelu: "gelu",
  gelu_python: "gelu",
  gelu_new: "gelu_tanh",
  gelu_fast: "gelu_tanh",
  gelu_pytorch_tanh: "gelu_tanh",
  relu: "relu",
} as const;

/** Reads config.json, with the library's defaults where it is silent; refuses by name what computes differently from BERT. */
export function readHuggingfaceArchitecture(
  config: ConfigFile,
  options: OpenOptions,
): HuggingfaceArchitecture {
  const kind = modelKind(config);
  refuseOtherForms(config);
  return kind === "bert" ? bert(config, options) : distilbert(config, options);
}

/** Models whose weights are a BERT's, DPR's two encoders among them. */
const KINDS: Readonly<Record<string, HuggingfaceArchitecture["kind"]>> = {
  bert: "bert",
  dpr: "bert",
  distilbert: "distilbert",
};

const EXPORT_HINT =
  "Encoders of other kinds are taken as ONNX exports: optimum-cli export onnx --task feature-extraction --model DIR OUT, then give OUT. push-model --raw sends any directory to a service of your own.";

/** The oldest files have no model_type; they are BERT's if their names fit, which is found out later. */
function kindOf(type: unknown): HuggingfaceArchitecture["kind"] | undefined {
  if (type === undefined || type === null) return "bert";
  return typeof type === "string" && Object.hasOwn(KINDS, type) ? KINDS[type] : undefined;
}

function modelKind({ path, members }: ConfigFile): HuggingfaceArchitecture["kind"] {
  const type = members["model_type"];
  const kind = kindOf(type);
  if (kind !== undefined) return kind;
  throw unsupported(
    `${path}: model_type is ${JSON.stringify(type)}; bertops reads the weights of ${Object.keys(KINDS).join(", ")}.`,
    EXPORT_HINT,
  );
}

/** Whether a config.json is that of a model whose weights bertops reads; true as well where it cannot be read. */
export async function isReadable(config: string): Promise<boolean> {
  const members = await readJsonObject(config).catch(() => undefined);
  return kindOf(members?.["model_type"]) !== undefined;
}

function refuseOtherForms({ path, members }: ConfigFile): void {
  const positions = members["position_embedding_type"] ?? "absolute";
  if (positions !== "absolute") {
    throw unsupported(
      `${path}: position_embedding_type is ${JSON.stringify(positions)}; bertops reads absolute.`,
      EXPORT_HINT,
    );
  }
  if (members["is_decoder"] === true)
    throw unsupported(`${path}: is_decoder is true; bertops reads encoders.`);
  const projection = members["projection_dim"] ?? 0;
  if (members["model_type"] === "dpr" && projection !== 0) {
    throw unsupported(
      `${path}: projection_dim is ${JSON.stringify(projection)}; bertops reads DPR without a projection.`,
      EXPORT_HINT,
    );
  }
}

function bert(config: ConfigFile, options: OpenOptions): HuggingfaceArchitecture {
  const hidden = config.count("hidden_size", MOST.hidden, 768);
  const types = config.members["type_vocab_size"] === 0 ? 0 : config.count("type_vocab_size", MOST.types, 2);
  const architecture = {
    layers: config.count("num_hidden_layers", MOST.layers, 12),
    hidden,
    heads: headsOf(config, "num_attention_heads", hidden, 12),
    intermediate: config.count("intermediate_size", MOST.intermediate, 3072),
    positions: config.count("max_position_embeddings", MOST.positions, 512),
    vocabularySize: config.count("vocab_size", MOST.vocabulary, 30_522),
    activation: options.activation ?? config.activation("hidden_act", ACTIVATION_NAMES),
    layerNormEpsilon: config.positive("layer_norm_eps", 1e-12),
  };
  return { kind: "bert", architecture, tokenTypes: types };
}

function distilbert(config: ConfigFile, options: OpenOptions): HuggingfaceArchitecture {
  const hidden = config.count("dim", MOST.hidden, 768);
  const architecture = {
    layers: config.count("n_layers", MOST.layers, 6),
    hidden,
    heads: headsOf(config, "n_heads", hidden, 12),
    intermediate: config.count("hidden_dim", MOST.intermediate, 3072),
    positions: config.count("max_position_embeddings", MOST.positions, 512),
    vocabularySize: config.count("vocab_size", MOST.vocabulary, 30_522),
    activation: options.activation ?? config.activation("activation", ACTIVATION_NAMES),
    layerNormEpsilon: 1e-12,
  };
  return { kind: "distilbert", architecture, tokenTypes: 0 };
}

function headsOf(config: ConfigFile, member: string, hidden: number, otherwise: number): number {
  const heads = config.count(member, hidden, otherwise);
  if (hidden % heads === 0) return heads;
  throw mismatch(
    `${config.path}: the width ${hidden} is no multiple of ${member} ${heads}.`,
    "Use the file that was published with these weights.",
  );
}
