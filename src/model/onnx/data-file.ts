import type { Placement, Weight } from "./graph-builder.ts";

/** Bytes that are written one after the other: an open file, in production. */
export interface ByteSink {
  readonly write: (bytes: Uint8Array) => Promise<void>;
}

/** Weights of this size and above begin on a page, so that they can be mapped without touching their neighbours. */
const PAGE = 4096;
const SMALL = 64;

/**
 * Streams the weights into `sink`, aligned for mapping, and tells where each came to lie. Repacked ones come last, so
 * that a reader can give back the memory of all of them at once.
 */
export async function writeWeights(
  weights: readonly Weight[],
  file: string,
  sink: ByteSink,
  written: (bytes: number) => void,
): Promise<Map<string, Placement>> {
  const placements = new Map<string, Placement>();
  let offset = 0;
  const ordered = [
    ...weights.filter(({ repacked }) => !repacked),
    ...weights.filter(({ repacked }) => repacked),
  ];
  for (const weight of ordered) {
    const length = byteLength(weight);
    const padding = -offset & ((length >= PAGE ? PAGE : SMALL) - 1);
    if (padding > 0) await sink.write(new Uint8Array(padding));
    offset += padding;
    let done = 0;
    for await (const chunk of weight.chunks()) {
      await sink.write(chunk);
      done += chunk.length;
      written(chunk.length);
    }
    if (done !== length) throw new Error(`${weight.name} gave ${done} bytes instead of ${length}`);
    placements.set(weight.name, { file, offset, length });
    offset += length;
  }
  return placements;
}

/** How many bytes a weight takes in the data file. */
export function byteLength(weight: Weight): number {
  const width = { float32: 4, uint8: 1, int8: 1, int32: 4, int64: 8, float16: 2 }[weight.element];
  return weight.shape.reduce((product, size) => product * size, width);
}
