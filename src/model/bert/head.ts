import type { GraphBuilder } from "../onnx/graph-builder.ts";
import type { Tensor } from "../tensor.ts";
import { streamed } from "./weights.ts";

/** The non-linearity behind a dense layer of a head. */
export type HeadActivation = "identity" | "tanh" | "relu" | "gelu" | "sigmoid" | "silu";

/** A step behind the pooling: a dense layer, or the division of each vector by its length. */
export type HeadStep =
  | {
      readonly kind: "dense";
      /** [in, out]. */
      readonly kernel: Tensor;
      /** [out]. */
      readonly bias?: Tensor;
      readonly activation: HeadActivation;
    }
  | { readonly kind: "normalize" };

/** A vector shorter than this is divided by this, as PyTorch does. */
export const SHORTEST = 1e-12;

/** The width of the vectors that come out of a head when `width` goes in. */
export function headWidth(head: readonly HeadStep[], width: number): number {
  return head.reduce((into, step) => (step.kind === "dense" ? (step.kernel.shape[1] ?? 0) : into), width);
}

/** Puts the steps behind `vectors`, [texts, width], into the graph, exact in every precision: they are small. Answers the last value's name. */
export function applyHead(graph: GraphBuilder, vectors: string, head: readonly HeadStep[]): string {
  return head.reduce((input, step, index) => {
    const name = `head_${index}`;
    if (step.kind === "normalize") return normalised(graph, input, name);
    // Two layers may come from one folder: names are the places, not the files'.
    const own = (tensor: Tensor, part: string, repacked?: boolean) =>
      streamed(graph, { ...tensor, name: `${name}/${part}` }, repacked);
    const product = graph.standard("MatMul", `${name}/product`, [input, own(step.kernel, "kernel", true)]);
    const sum =
      step.bias === undefined
        ? product
        : graph.standard("Add", `${name}/biased`, [product, own(step.bias, "bias")]);
    return activated(graph, sum, name, step.activation);
  }, vectors);
}

function normalised(graph: GraphBuilder, input: string, name: string): string {
  const length = graph.standard("ReduceL2", `${name}/length`, [input], { axes: { ints: [1] } });
  const divisor = graph.standard("Max", `${name}/divisor`, [length, graph.floats([SHORTEST], [])]);
  return graph.standard("Div", `${name}/unit`, [input, divisor]);
}

function activated(graph: GraphBuilder, input: string, name: string, activation: HeadActivation): string {
  const output = `${name}/active`;
  if (activation === "identity") return input;
  if (activation === "tanh") return graph.standard("Tanh", output, [input]);
  if (activation === "relu") return graph.standard("Relu", output, [input]);
  if (activation === "gelu") return graph.runtime("Gelu", output, [input]);
  if (activation === "sigmoid") return graph.standard("Sigmoid", output, [input]);
  return graph.standard("Mul", output, [input, graph.standard("Sigmoid", `${name}/gate`, [input])]);
}
