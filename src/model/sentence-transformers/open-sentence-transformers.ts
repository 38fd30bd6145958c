import path from "node:path";
import type { HeadStep } from "../bert/head.ts";
import { openHuggingface } from "../huggingface/open-huggingface.ts";
import type { OpenModel, OpenOptions } from "../open-model.ts";
import type { Pooling } from "../pooling.ts";
import type { TensorStore } from "../tensor.ts";
import type { SentenceTransformersModel } from "./look-for-sentence-transformers.ts";
import type { ListedModule } from "./modules.ts";
import { openDense } from "./open-dense.ts";
import { readSentenceSteps } from "./read-steps.ts";

/** Opens a sentence-transformers directory: the model, its pooling, dense layers, normalisation, prompts and length limit. */
export async function openSentenceTransformers(
  model: SentenceTransformersModel,
  options: OpenOptions & { readonly pooling?: Pooling },
): Promise<OpenModel> {
  const { directory, modules } = model;
  const { maxTokens, lowerCase, head, ...steps } = await readSentenceSteps({
    directory,
    modules,
    pooling: options.pooling,
  });
  const lower = lowerCase && options.lowerCase === undefined ? { lowerCase } : {};
  const opened = await openHuggingface(model.transformer, { ...options, ...lower });
  const stores: TensorStore[] = [];
  const close = async (): Promise<void> => {
    for (const store of stores) await store.close();
    await opened.close();
  };
  try {
    return {
      ...opened,
      ...steps,
      head: await openHead(directory, head, steps.poolings.length * opened.architecture.hidden, stores),
      maxTokens: Math.min(opened.maxTokens, maxTokens ?? opened.maxTokens),
      source: { format: "sentence-transformers", weights: opened.source.weights ?? "" },
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

/** The steps behind vectors of `width`; what is opened for them is added to `stores`. */
async function openHead(
  directory: string,
  modules: readonly ListedModule[],
  width: number,
  stores: TensorStore[],
): Promise<readonly HeadStep[]> {
  const steps: HeadStep[] = [];
  let into = width;
  for (const module of modules) {
    if (module.type === "Normalize") {
      steps.push({ kind: "normalize" });
      continue;
    }
    const { step, store } = await openDense(path.join(directory, module.path), into);
    stores.push(store);
    steps.push(step);
    if (step.kind === "dense") into = step.kernel.shape[1] ?? into;
  }
  return steps;
}
