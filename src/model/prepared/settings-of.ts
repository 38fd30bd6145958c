import type { Architecture } from "../bert/architecture.ts";
import { type HeadStep, headWidth } from "../bert/head.ts";
import type { OpenModel } from "../open-model.ts";
import { type Pooling, poolingText } from "../pooling.ts";
import { sizeOf } from "../tensor.ts";
import type { Fidelity, PackedSettings, Precision } from "./settings.ts";

/** The settings that are written beside a model's graph. */
export function settingsOf(
  model: OpenModel,
  poolings: readonly Pooling[],
  precision: Precision,
  fidelity?: Fidelity,
): PackedSettings {
  const { architecture, head } = model;
  const dimensions = headWidth(head, poolings.length * architecture.hidden);
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
    pooling: poolingText(poolings),
    ...(dimensions === architecture.hidden ? {} : { dimensions }),
    normalize: model.normalize,
    ...(model.prompts === undefined ? {} : { prompts: model.prompts }),
    ...(model.defaultPrompt === undefined ? {} : { defaultPrompt: model.defaultPrompt }),
    precision,
    activation: architecture.activation,
    ...(fidelity === undefined ? {} : { fidelity }),
    source: model.source,
    parameters: parametersOf(architecture, model.weights.tokenTypes) + parametersOfHead(head),
  };
}

function parametersOf(architecture: Architecture, tokenTypes: number): number {
  const { hidden, intermediate } = architecture;
  const tables = architecture.vocabularySize + architecture.positions + tokenTypes;
  const attention = 4 * hidden * (hidden + 1);
  const feedForward = hidden * intermediate + intermediate + intermediate * hidden + hidden;
  return tables * hidden + 2 * hidden + architecture.layers * (attention + feedForward + 4 * hidden);
}

function parametersOfHead(head: readonly HeadStep[]): number {
  const sizes = head.map((step) =>
    step.kind === "dense" ? sizeOf(step.kernel.shape) + sizeOf(step.bias?.shape ?? [0]) : 0,
  );
  return sizes.reduce((sum, size) => sum + size, 0);
}
