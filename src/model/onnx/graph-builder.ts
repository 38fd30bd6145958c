import type { Attribute, Element, OnnxConstant, OnnxGraph, OnnxNode, OnnxValue } from "./messages.ts";

/** A weight that goes into the data file: its bytes come in chunks, in the order they are written, when asked for. */
export interface Weight {
  readonly name: string;
  readonly element: Element;
  readonly shape: readonly number[];
  readonly chunks: () => AsyncIterable<Uint8Array>;
  /** The right side of a matrix product: runtimes keep a copy in another order, and need the file no longer. */
  readonly repacked?: boolean;
}

/** Where a weight came to lie in the data file. */
export interface Placement {
  readonly file: string;
  readonly offset: number;
  readonly length: number;
}

/** Collects nodes, constants and weights; a value is known by its name. */
export class GraphBuilder {
  readonly #nodes: OnnxNode[] = [];
  readonly #constants: OnnxConstant[] = [];
  readonly #weights: Weight[] = [];
  readonly #inputs: OnnxValue[] = [];
  readonly #outputs: OnnxValue[] = [];

  get weights(): readonly Weight[] {
    return this.#weights;
  }

  input(name: string, element: Element, shape: readonly (number | string)[]): string {
    this.#inputs.push({ name, element, shape });
    return name;
  }

  output(name: string, element: Element, shape: readonly (number | string)[]): void {
    this.#outputs.push({ name, element, shape });
  }

  weight(weight: Weight): string {
    this.#weights.push(weight);
    return weight.name;
  }

  /** A small constant of whole numbers; the same numbers under the same name are written once. */
  integers(values: readonly number[], shape: readonly number[], element: "int32" | "int64"): string {
    const name = `${element}_${values.join("_").replaceAll("-", "m")}_${shape.join("x")}`;
    if (this.#constants.some((constant) => constant.name === name)) return name;
    const bytes =
      element === "int32" ? Int32Array.from(values) : BigInt64Array.from(values, (value) => BigInt(value));
    this.#constants.push({
      name,
      element,
      shape,
      data: { kind: "inside", bytes: new Uint8Array(bytes.buffer) },
    });
    return name;
  }

  /** A small constant of floats. */
  floats(values: readonly number[], shape: readonly number[]): string {
    const name = `float_${values.join("_").replaceAll("-", "m")}_${shape.join("x")}`;
    if (this.#constants.some((constant) => constant.name === name)) return name;
    const bytes = new Uint8Array(Float32Array.from(values).buffer);
    this.#constants.push({ name, element: "float32", shape, data: { kind: "inside", bytes } });
    return name;
  }

  /** A small constant of unsigned bytes. */
  bytes(values: readonly number[], shape: readonly number[]): string {
    const name = `uint8_${values.join("_")}_${shape.join("x")}`;
    if (this.#constants.some((constant) => constant.name === name)) return name;
    const bytes = Uint8Array.from(values);
    this.#constants.push({ name, element: "uint8", shape, data: { kind: "inside", bytes } });
    return name;
  }

  /** One of ONNX's own operators; answers the output's name. */
  standard(operator: string, output: string, inputs: readonly string[], attributes: Attributes = {}): string {
    return this.node("", operator, [output], inputs, attributes);
  }

  /** One of ONNX Runtime's operators; answers the output's name. */
  runtime(operator: string, output: string, inputs: readonly string[], attributes: Attributes = {}): string {
    return this.node("com.microsoft", operator, [output], inputs, attributes);
  }

  /** A node of several outputs; answers the first one's name. */
  node(
    domain: string,
    operator: string,
    outputs: readonly string[],
    inputs: readonly string[],
    attributes: Attributes = {},
  ): string {
    this.#nodes.push({ domain, operator, outputs, inputs, attributes });
    return outputs[0] ?? "";
  }

  /** The finished graph, once every weight has its place. */
  finish(name: string, placements: ReadonlyMap<string, Placement>): OnnxGraph {
    const weights = this.#weights.map((weight): OnnxConstant => {
      const place = placements.get(weight.name);
      if (place === undefined) throw new Error(`the weight ${weight.name} was not written`);
      return {
        name: weight.name,
        element: weight.element,
        shape: weight.shape,
        data: { kind: "beside", ...place },
      };
    });
    return {
      name,
      nodes: this.#nodes,
      constants: [...this.#constants, ...weights],
      inputs: this.#inputs,
      outputs: this.#outputs,
    };
  }
}

type Attributes = Readonly<Record<string, Attribute>>;
