import type { Pooling } from "../bert/architecture.ts";
import { openHuggingface } from "../huggingface/open-huggingface.ts";
import type { OpenModel, OpenOptions } from "../open-model.ts";
import type { SentenceTransformersModel } from "./look-for-sentence-transformers.ts";
import { readSentenceSteps } from "./read-steps.ts";

/** Opens a sentence-transformers directory: the model, its pooling, normalisation, prompts and length limit. */
export async function openSentenceTransformers(
  model: SentenceTransformersModel,
  options: OpenOptions & { readonly pooling?: Pooling },
): Promise<OpenModel> {
  const { maxTokens, lowerCase, ...steps } = await readSentenceSteps({
    directory: model.directory,
    modules: model.modules,
    poolings: { cls: "cls", mean: "mean" } as const,
    pooling: options.pooling,
  });
  const lower = lowerCase && options.lowerCase === undefined ? { lowerCase } : {};
  const opened = await openHuggingface(model.transformer, { ...options, ...lower });
  return {
    ...opened,
    ...steps,
    maxTokens: Math.min(opened.maxTokens, maxTokens ?? opened.maxTokens),
    source: { format: "sentence-transformers", weights: opened.source.weights ?? "" },
  };
}
