import type { GraphBuilder } from "../onnx/graph-builder.ts";

/** Bytes between lines of memory that compete for the same places of a processor's first cache. */
const ALIAS = 4096;
/** What moves one row's start to the places behind those of the row before. */
const STEP = 16;

/**
 * How many floats apart rows of `width` floats should start where a matrix product reads them (the leading dimension of
 * BLAS). Rows that start a multiple of 4 KB apart push one another out of the first cache: the product of 256 rows takes
 * 1.1 to 1.4 times as long. 3,072 (BERT-base) becomes 3,088, 1,024 and 4,096 (BERT-large) 1,040 and 4,112.
 */
export function leadingDimension(width: number): number {
  return (width * Float32Array.BYTES_PER_ELEMENT) % ALIAS === 0 ? width + STEP : width;
}

/** Puts zeros behind each row of `input`, [1, rows, width], up to its leading dimension; answers the wider value's name. */
export function spaced(graph: GraphBuilder, input: string, width: number): string {
  const added = leadingDimension(width) - width;
  return graph.standard("Pad", `${input}_spaced`, [
    input,
    graph.integers([0, 0, 0, 0, 0, added], [6], "int64"),
  ]);
}
