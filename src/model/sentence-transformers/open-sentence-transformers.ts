import { stat } from "node:fs/promises";
import path from "node:path";
import type { Pooling } from "../bert/architecture.ts";
import { readJsonObject } from "../config-file.ts";
import { openHuggingface } from "../huggingface/open-huggingface.ts";
import type { OpenModel, OpenOptions } from "../open-model.ts";
import { unsupported } from "../unsupported.ts";
import type { SentenceTransformersModel } from "./look-for-sentence-transformers.ts";

/** Opens a sentence-transformers directory: the model, its pooling, normalisation, prompts and length limit. */
export async function openSentenceTransformers(
  model: SentenceTransformersModel,
  options: OpenOptions & { readonly pooling?: Pooling },
): Promise<OpenModel> {
  const steps = model.modules.slice(1);
  const other = steps.find(({ type }) => type !== "Pooling" && type !== "Normalize");
  if (other !== undefined) {
    throw unsupported(
      `${path.join(model.directory, "modules.json")} lists a step ${other.type}, which bertops does not have.`,
      "bertops serves models that end with pooling and, possibly, normalisation.",
    );
  }
  const poolingStep = steps.find(({ type }) => type === "Pooling");
  const pooling =
    options.pooling ??
    (poolingStep === undefined
      ? "mean"
      : await readPooling(path.join(model.directory, poolingStep.path, "config.json")));
  const limits = await optional(
    path.join(path.dirname(model.transformer.config), "sentence_bert_config.json"),
  );
  const prompts = readPrompts(
    await optional(path.join(model.directory, "config_sentence_transformers.json")),
  );
  const lower =
    limits["do_lower_case"] === true && options.lowerCase === undefined ? { lowerCase: true } : {};
  const opened = await openHuggingface(model.transformer, { ...options, ...lower });
  const longest = limits["max_seq_length"];
  const limit = typeof longest === "number" && longest >= 2 ? longest : opened.maxTokens;
  return {
    ...opened,
    maxTokens: Math.min(opened.maxTokens, limit),
    pooling,
    normalize: steps.some(({ type }) => type === "Normalize"),
    ...prompts,
    source: { format: "sentence-transformers", weights: opened.source.weights ?? "" },
  };
}

/** The pooling step's settings: one mode in newer files, a flag for each in older ones. */
async function readPooling(file: string): Promise<Pooling> {
  const settings = await readJsonObject(file);
  const flags = Object.keys(settings).filter(
    (name) => name.startsWith("pooling_mode_") && settings[name] === true,
  );
  const mode = settings["pooling_mode"];
  const modes = typeof mode === "string" ? [mode] : flags.map((flag) => flag.slice("pooling_mode_".length));
  if (settings["include_prompt"] === false) {
    throw unsupported(`${file}: include_prompt is false, which bertops does not have.`, POOLING_HINT);
  }
  if (modes.length === 1 && (modes[0] === "cls_token" || modes[0] === "cls")) return "cls";
  if (modes.length === 1 && (modes[0] === "mean_tokens" || modes[0] === "mean")) return "mean";
  throw unsupported(
    `${file}: the pooling is ${modes.join(" with ") || "not given"}; bertops has cls and mean.`,
    POOLING_HINT,
  );
}

const POOLING_HINT =
  "--pooling cls or --pooling mean takes one of them instead; the answers are then not the model's own.";

function readPrompts(
  settings: Readonly<Record<string, unknown>>,
): Pick<OpenModel, "prompts" | "defaultPrompt"> {
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
