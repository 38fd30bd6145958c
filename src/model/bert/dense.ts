import type { GraphBuilder } from "../onnx/graph-builder.ts";
import type { Precision } from "../prepared/settings.ts";
import type { Tensor } from "../tensor.ts";
import { quantised } from "./quantised-weights.ts";
import { joinColumns, streamed } from "./weights.ts";

/** Multiplies rows with a matrix; answers the product's name. Bias and activation are left to what follows. */
export interface Dense {
  /** The product of the value `input` and the kernels side by side. */
  readonly multiply: (
    output: string,
    input: string,
    kernelName: string,
    kernels: readonly Tensor[],
  ) => string;
}

/** How the dense layers compute with that precision. */
export function denseFor(graph: GraphBuilder, precision: Precision): Dense {
  if (precision === "fp32") return exact(graph);
  return precision === "int8" ? perRun(graph) : perRow(graph);
}

function exact(graph: GraphBuilder): Dense {
  return {
    multiply: (output, input, kernelName, kernels) => {
      const [only, ...others] = kernels;
      const joined = others.length === 0 && only !== undefined;
      const kernel = joined ? streamed(graph, only) : joinColumns(graph, kernelName, kernels);
      return graph.standard("MatMul", output, [input, kernel]);
    },
  };
}

/** One activation scale for all rows of a run: the fastest, and an answer depends a little on what shares its run. */
function perRun(graph: GraphBuilder): Dense {
  const known = new Set<string>();
  return {
    multiply: (output, input, kernelName, kernels) => {
      const [values, scale, zero] = [`${input}_q`, `${input}_scale`, `${input}_zero`];
      if (!known.has(input)) graph.node("", "DynamicQuantizeLinear", [values, scale, zero], [input]);
      known.add(input);
      const weight = quantised(graph, kernelName, kernels);
      return graph.runtime("MatMulIntegerToFloat", output, [
        values,
        weight.values,
        scale,
        weight.scales,
        zero,
      ]);
    },
  };
}

/** One activation scale for each row, in plain operators: what shares the run changes nothing. */
function perRow(graph: GraphBuilder): Dense {
  const known = new Set<string>();
  const quantise = (input: string): void => {
    if (known.has(input)) return;
    known.add(input);
    const magnitude = graph.standard("Abs", `${input}_abs`, [input]);
    const largest = graph.standard("ReduceMax", `${input}_max`, [magnitude], { axes: { ints: [2] } });
    const scaled = graph.standard("Mul", `${input}_max_127`, [largest, graph.floats([1 / 127], [])]);
    // A row of zeros must not become 0/0.
    graph.standard("Max", `${input}_scale`, [scaled, graph.floats([1e-30], [])]);
    const divided = graph.standard("Div", `${input}_divided`, [input, `${input}_scale`]);
    const rounded = graph.standard("Round", `${input}_rounded`, [divided]);
    const moved = graph.standard("Add", `${input}_moved`, [rounded, graph.floats([128], [])]);
    graph.standard("Cast", `${input}_q`, [moved], { to: { int: 2 } });
  };
  return {
    multiply: (output, input, kernelName, kernels) => {
      quantise(input);
      const weight = quantised(graph, kernelName, kernels);
      const sums = graph.standard("MatMulInteger", `${output}_sums`, [
        `${input}_q`,
        weight.values,
        graph.bytes([128], []),
      ]);
      const floats = graph.standard("Cast", `${output}_floats`, [sums], { to: { int: 1 } });
      const rows = graph.standard("Mul", `${output}_by_row`, [floats, `${input}_scale`]);
      return graph.standard("Mul", output, [rows, weight.scales]);
    },
  };
}
