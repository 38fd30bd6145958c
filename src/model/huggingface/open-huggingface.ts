import { ConfigFile } from "../config-file.ts";
import type { OpenModel, OpenOptions } from "../open-model.ts";
import { openPytorch, openPytorchIndex } from "../pytorch/pytorch-store.ts";
import { openSafetensors, openSafetensorsIndex } from "../safetensors/safetensors-store.ts";
import type { TensorStore } from "../tensor.ts";
import { fitVocabulary } from "../vocabulary.ts";
import { readHuggingfaceArchitecture } from "./architecture.ts";
import type { HuggingfaceModel, WeightsKind } from "./look-for-huggingface.ts";
import { BERT, DISTILBERT } from "./names.ts";
import { readTokenizer } from "./tokenizer.ts";
import { huggingfaceWeights } from "./weights.ts";

/** Opens a Hugging Face directory: configuration, tokenizer and weights, checked against each other. */
export async function openHuggingface(model: HuggingfaceModel, options: OpenOptions): Promise<OpenModel> {
  const config = await ConfigFile.read(model.config);
  const { kind, architecture, tokenTypes } = readHuggingfaceArchitecture(config, options);
  const content = await readTokenizer(model.tokenizer, {
    rows: architecture.vocabularySize,
    lowerCase: options.lowerCase,
  });
  const place = model.tokenizer.vocabulary ?? model.tokenizer.json ?? model.directory;
  const { unknown, cls, sep } = content.settings;
  const vocabulary = fitVocabulary(content.vocabulary, architecture.vocabularySize, place, {
    padded: true,
    special: [unknown, cls, sep],
  });
  const store = await OPEN[model.weights.kind](model.weights.path);
  try {
    const measures = { layers: architecture.layers, tokenTypes };
    return {
      kind,
      architecture,
      weights: huggingfaceWeights(store, kind === "bert" ? BERT : DISTILBERT, measures, config.path),
      vocabulary,
      tokenizer: content.settings,
      maxTokens: Math.min(architecture.positions, content.maxTokens ?? architecture.positions),
      head: [],
      normalize: false,
      source: {
        format: "huggingface",
        weights: model.weights.kind.startsWith("pytorch") ? "pytorch" : "safetensors",
      },
      close: () => store.close(),
    };
  } catch (error) {
    await store.close();
    throw error;
  }
}

const OPEN: Readonly<Record<WeightsKind, (path: string) => Promise<TensorStore>>> = {
  safetensors: openSafetensors,
  "safetensors-index": openSafetensorsIndex,
  pytorch: openPytorch,
  "pytorch-index": openPytorchIndex,
};
