import type { Architecture, Pooling } from "../bert/architecture.ts";
import type { OpenModel } from "../open-model.ts";
import type { Fidelity, PackedSettings, Precision } from "./settings.ts";

/** The settings that are written beside a model's graph. */
export function settingsOf(
  model: OpenModel,
  pooling: Pooling,
  precision: Precision,
  fidelity?: Fidelity,
): PackedSettings {
  const { architecture } = model;
  return {
    format: 1,
    preparedBy: "bertops",
    architecture: model.kind,
    layers: architecture.layers,
    hidden: architecture.hidden,
    heads: architecture.heads,
    intermediate: architecture.intermediate,
    maxTokens: model.maxTokens,
    vocabularySize: architecture.vocabularySize,
    tokenizer: model.tokenizer,
    pooling,
    normalize: model.normalize,
    ...(model.prompts === undefined ? {} : { prompts: model.prompts }),
    ...(model.defaultPrompt === undefined ? {} : { defaultPrompt: model.defaultPrompt }),
    precision,
    activation: architecture.activation,
    ...(fidelity === undefined ? {} : { fidelity }),
    source: model.source,
    parameters: parametersOf(architecture, model.weights.tokenTypes),
  };
}

function parametersOf(architecture: Architecture, tokenTypes: number): number {
  const { hidden, intermediate } = architecture;
  const tables = architecture.vocabularySize + architecture.positions + tokenTypes;
  const attention = 4 * hidden * (hidden + 1);
  const feedForward = hidden * intermediate + intermediate + intermediate * hidden + hidden;
  return tables * hidden + 2 * hidden + architecture.layers * (attention + feedForward + 4 * hidden);
}
