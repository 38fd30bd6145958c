import { stat } from "node:fs/promises";
import path from "node:path";
import { readJsonObject } from "../config-file.ts";
import { unsupported } from "../unsupported.ts";
import type { ListedModule } from "./modules.ts";

/** What a sentence-transformers directory says of its use beyond the transformer itself. */
export interface SentenceSteps<P extends string> {
  readonly pooling: P;
  readonly normalize: boolean;
  readonly prompts?: Readonly<Record<string, string>>;
  readonly defaultPrompt?: string;
  /** The most tokens of one text, where it is said. */
  readonly maxTokens?: number;
  /** Texts are lower-cased before the tokenizer sees them. */
  readonly lowerCase: boolean;
}

/** Where the files are, and what the caller knows better. */
export interface StepsOptions<P extends string> {
  readonly directory: string;
  readonly modules: readonly ListedModule[];
  /** Poolings that the form of model has, by the library's names for them. */
  readonly poolings: Readonly<Record<string, P>>;
  readonly pooling: P | undefined;
}

/** Reads pooling, normalisation, prompts and limits; refuses steps that bertops does not have, by name. */
export async function readSentenceSteps<P extends string>(
  options: StepsOptions<P>,
): Promise<SentenceSteps<P>> {
  const { directory, modules } = options;
  const [transformer, ...steps] = modules;
  const other = steps.find(({ type }) => type !== "Pooling" && type !== "Normalize");
  if (other !== undefined) {
    throw unsupported(
      `${path.join(directory, "modules.json")} lists a step ${other.type}, which bertops does not have.`,
      "bertops serves models that end with pooling and, possibly, normalisation.",
    );
  }
  const limits = await optional(path.join(directory, transformer?.path ?? "", "sentence_bert_config.json"));
  const longest = limits["max_seq_length"];
  const prompts = await optional(path.join(directory, "config_sentence_transformers.json"));
  return {
    pooling: options.pooling ?? (await readPooling(options, steps)),
    normalize: steps.some(({ type }) => type === "Normalize"),
    ...readPrompts(prompts),
    ...(typeof longest === "number" && longest >= 2 ? { maxTokens: Math.floor(longest) } : {}),
    lowerCase: limits["do_lower_case"] === true,
  };
}

/** The pooling step's settings: one mode in newer files, a flag for each in older ones; mean where there is no step. */
async function readPooling<P extends string>(
  { directory, poolings }: StepsOptions<P>,
  steps: readonly ListedModule[],
): Promise<P> {
  const step = steps.find(({ type }) => type === "Pooling");
  const file = path.join(directory, step?.path ?? "", "config.json");
  const settings = step === undefined ? { pooling_mode: "mean" } : await readJsonObject(file);
  const members: Readonly<Record<string, unknown>> = settings;
  const flags = Object.keys(members).filter(
    (name) => name.startsWith("pooling_mode_") && members[name] === true,
  );
  const mode = members["pooling_mode"];
  const modes = typeof mode === "string" ? [mode] : flags.map((flag) => flag.slice("pooling_mode_".length));
  const hint = `--pooling ${[...new Set(Object.values(poolings))].join(" or --pooling ")} takes that instead; the answers are then not the model's own.`;
  if (members["include_prompt"] === false)
    throw unsupported(`${file}: include_prompt is false, which bertops does not have.`, hint);
  const [only] = modes;
  const pooling =
    modes.length === 1 && only !== undefined ? poolings[only.replace(/_?tokens?$/, "")] : undefined;
  if (pooling !== undefined) return pooling;
  const known = Object.keys(poolings).join(", ");
  throw unsupported(
    `${file}: the pooling is ${modes.join(" with ") || "not given"}; bertops has ${known} here.`,
    hint,
  );
}

function readPrompts(
  settings: Readonly<Record<string, unknown>>,
): Pick<SentenceSteps<string>, "prompts" | "defaultPrompt"> {
  const { prompts, default_prompt_name: name } = settings;
  if (typeof prompts !== "object" || prompts === null) return {};
  const texts = Object.entries(prompts).filter((entry): entry is [string, string] => {
    const text: unknown = entry[1];
    return typeof text === "string" && text !== "";
  });
  if (texts.length === 0) return {};
  const known = Object.fromEntries(texts);
  return {
    prompts: known,
    ...(typeof name === "string" && Object.hasOwn(known, name) ? { defaultPrompt: name } : {}),
  };
}

/** A JSON file that need not be there. */
async function optional(file: string): Promise<Readonly<Record<string, unknown>>> {
  const status = await stat(file).catch(() => undefined);
  return status?.isFile() === true ? readJsonObject(file) : {};
}
