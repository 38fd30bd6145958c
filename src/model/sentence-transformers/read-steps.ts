import { stat } from "node:fs/promises";
import path from "node:path";
import { readJsonObject } from "../config-file.ts";
import type { Pooling } from "../pooling.ts";
import { type ListedModule, moduleOrder } from "./modules.ts";
import { readPoolings } from "./read-pooling.ts";

/** What a sentence-transformers directory says of its use beyond the transformer itself. */
export interface SentenceSteps {
  readonly poolings: readonly Pooling[];
  /** Dense layers and normalisations behind the pooling, but for a normalisation at the end. */
  readonly head: readonly ListedModule[];
  readonly normalize: boolean;
  readonly prompts?: Readonly<Record<string, string>>;
  readonly defaultPrompt?: string;
  /** The most tokens of one text, where it is said. */
  readonly maxTokens?: number;
  /** Texts are lower-cased before the tokenizer sees them. */
  readonly lowerCase: boolean;
}

/** Where the files are, and what the caller knows better. */
export interface StepsOptions {
  readonly directory: string;
  readonly modules: readonly ListedModule[];
  readonly pooling: Pooling | undefined;
}

/** Reads pooling, head, normalisation, prompts and limits; refuses steps that bertops does not have, by name. */
export async function readSentenceSteps({
  directory,
  modules,
  pooling,
}: StepsOptions): Promise<SentenceSteps> {
  const order = moduleOrder(directory, modules);
  const limits = await transformerSettings(path.join(directory, order.transformer.path));
  const longest = limits["max_seq_length"];
  const prompts = readPrompts(await optional(path.join(directory, "config_sentence_transformers.json")));
  const settings = order.pooling && path.join(directory, order.pooling.path, "config.json");
  // Where there is no step the library's default.
  const said = async () =>
    settings === undefined ? (["mean"] as const) : readPoolings(settings, prompts.prompts !== undefined);
  return {
    poolings: pooling === undefined ? await said() : [pooling],
    head: order.head,
    normalize: order.normalize,
    ...prompts,
    ...(typeof longest === "number" && longest >= 2 ? { maxTokens: Math.floor(longest) } : {}),
    lowerCase: limits["do_lower_case"] === true,
  };
}

/** Older versions of the library named the file after the architecture. */
const TRANSFORMER_SETTINGS = [
  "bert",
  "roberta",
  "distilbert",
  "camembert",
  "albert",
  "xlm-roberta",
  "xlnet",
].map((kind) => `sentence_${kind}_config.json`);

async function transformerSettings(directory: string): Promise<Readonly<Record<string, unknown>>> {
  for (const name of TRANSFORMER_SETTINGS) {
    const settings = await optional(path.join(directory, name));
    if (Object.keys(settings).length > 0) return settings;
  }
  return {};
}

function readPrompts(
  settings: Readonly<Record<string, unknown>>,
): Pick<SentenceSteps, "prompts" | "defaultPrompt"> {
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
