import type { ExportPrecision } from "../prepared/settings.ts";
import type { TensorEntry } from "./tensor-entry.ts";

const NAMES: Readonly<Record<number, ExportPrecision>> = {
  1: "fp32",
  2: "int8",
  3: "int8",
  10: "fp16",
  16: "bf16",
  21: "int4",
  22: "int4",
};

/** The type that most of the weights have; `mixed` where none has more than half. */
export function precisionOf(tensors: readonly TensorEntry[]): ExportPrecision {
  const counts = new Map<ExportPrecision, number>();
  for (const { element, shape } of tensors) {
    const name = NAMES[element] ?? "mixed";
    counts.set(name, (counts.get(name) ?? 0) + sizeOf(shape));
  }
  const all = parametersOf(tensors);
  return [...counts].find(([, count]) => count > all / 2)?.[0] ?? "mixed";
}

/** How many numbers the graph's constants have. */
export function parametersOf(tensors: readonly TensorEntry[]): number {
  return tensors.reduce((sum, { shape }) => sum + sizeOf(shape), 0);
}

function sizeOf(shape: readonly number[]): number {
  return shape.reduce((product, size) => product * size, 1);
}
