import type { GraphBuilder } from "../onnx/graph-builder.ts";
import type { Precision } from "../prepared/settings.ts";
import { grown } from "../matrix-bands.ts";
import type { Tensor } from "../tensor.ts";
import { leadingDimension, spaced } from "./leading-dimension.ts";
import { quantised } from "./quantised-weights.ts";
import { joinColumns, streamed } from "./weights.ts";

/** Multiplies rows with a matrix. */
export interface Dense {
  /** How many columns a value of `width` columns is best given, the last ones zeros, where it is multiplied next. */
  readonly bestWidth: (width: number) => number;
  /** The product of the value `input` and the kernels side by side. */
  readonly multiply: (
    output: string,
    input: string,
    kernelName: string,
    kernels: readonly Tensor[],
    bias?: string,
  ) => Product;
}

/** The name of a product. */
export interface Product {
  readonly value: string;
  /** The bias where it is not in the product yet: what follows adds it at less cost than an operator of its own. */
  readonly bias: string | undefined;
}

/** How the dense layers compute with that precision. */
export function denseFor(graph: GraphBuilder, precision: Precision): Dense {
  if (precision === "fp32") return exact(graph);
  return precision === "int8" ? perRun(graph) : perRow(graph);
}

function exact(graph: GraphBuilder): Dense {
  const known = new Map<string, string>();
  const spacedOnce = (input: string, width: number): string => {
    const made = known.get(input) ?? spaced(graph, input, width);
    known.set(input, made);
    return made;
  };
  return {
    bestWidth: leadingDimension,
    multiply: (output, input, kernelName, kernels, bias) => {
      const height = kernels[0]?.shape[0] ?? 0;
      const best = leadingDimension(height);
      const tall = kernels.map((kernel) => grown(kernel, [best, kernel.shape[1] ?? 0]));
      const [only, ...others] = tall;
      const alone = others.length === 0 && only !== undefined;
      const kernel = alone ? streamed(graph, only, true) : joinColumns(graph, kernelName, tall);
      const rows = best === height ? input : spacedOnce(input, height);
      return { value: graph.standard("MatMul", output, [rows, kernel]), bias };
    },
  };
}

/** One activation scale for all rows of a run: the fastest, and an answer depends a little on what shares its run. */
function perRun(graph: GraphBuilder): Dense {
  const known = new Set<string>();
  return {
    bestWidth: (width) => width,
    multiply: (output, input, kernelName, kernels, bias) => {
      const [values, scale, zero] = [`${input}_q`, `${input}_scale`, `${input}_zero`];
      if (!known.has(input)) graph.node("", "DynamicQuantizeLinear", [values, scale, zero], [input]);
      known.add(input);
      const weight = quantised(graph, kernelName, kernels);
      const inputs = [values, weight.values, scale, weight.scales, zero];
      const value = graph.runtime(
        "MatMulIntegerToFloat",
        output,
        bias === undefined ? inputs : [...inputs, "", bias],
      );
      return { value, bias: undefined };
    },
  };
}

/**
 * One activation scale for each row, in plain operators: what shares the run changes nothing. Every input is [1, rows,
 * width]. The scale of the whole run that the product operator wants is 1; the rows' scales are multiplied in behind it.
 */
function perRow(graph: GraphBuilder): Dense {
  const known = new Set<string>();
  const one = graph.floats([1], []);
  const middle = graph.bytes([128], []);
  const quantise = (input: string): void => {
    if (known.has(input)) return;
    known.add(input);
    const magnitude = graph.standard("Abs", `${input}_abs`, [input]);
    const largest = graph.standard("ReduceMax", `${input}_max`, [magnitude], {
      axes: { ints: [0, 2] },
      keepdims: { int: 0 },
    });
    const scaled = graph.standard("Mul", `${input}_max_127`, [largest, graph.floats([1 / 127], [])]);
    // A row of zeros must not become 0/0.
    const scale = graph.standard("Max", `${input}_scale`, [scaled, graph.floats([1e-30], [])]);
    const zeros = graph.standard("Expand", `${input}_zeros`, [
      middle,
      graph.standard("Shape", `${input}_count`, [scale]),
    ]);
    graph.standard("QuantizeLinear", `${input}_q`, [input, scale, zeros], { axis: { int: 1 } });
    graph.standard("Unsqueeze", `${input}_column`, [scale, graph.integers([1], [1], "int64")]);
  };
  return {
    bestWidth: (width) => width,
    multiply: (output, input, kernelName, kernels, bias) => {
      quantise(input);
      const weight = quantised(graph, kernelName, kernels);
      const inputs = [`${input}_q`, weight.values, one, weight.scales, middle];
      const product = graph.runtime("MatMulIntegerToFloat", `${output}_unscaled`, inputs);
      return { value: graph.standard("Mul", output, [product, `${input}_column`]), bias };
    },
  };
}
