import type { GraphBuilder } from "../onnx/graph-builder.ts";
import type { Pooling } from "../pooling.ts";

/** What pooling needs of the graph around it. */
export interface PooledContext {
  readonly graph: GraphBuilder;
  readonly inputs: { readonly grid: string; readonly lengths: string };
  /** The shape [-1, hidden]. */
  readonly flat: string;
}

/** Every text's rows of `hidden`, [1, tokens, width], as one vector, [texts, poolings * width]; answers its name. */
export function pooled(context: PooledContext, hidden: string, poolings: readonly Pooling[]): string {
  const { graph, flat } = context;
  const rows = graph.standard("Reshape", "last_rows", [hidden, flat]);
  const parts = new Parts(context, rows);
  const vectors = poolings.map((pooling) => parts.vector(pooling));
  const [only, ...others] = vectors;
  if (only !== undefined && others.length === 0) return only;
  return graph.standard("Concat", "pooled", vectors, { axis: { int: 1 } });
}

/** The values that several poolings share, each made once. */
class Parts {
  readonly #context: PooledContext;
  readonly #rows: string;
  readonly #made = new Map<string, string>();

  constructor(context: PooledContext, rows: string) {
    this.#context = context;
    this.#rows = rows;
  }

  vector(pooling: Pooling): string {
    const { graph } = this.#context;
    switch (pooling) {
      case "cls":
        return graph.standard("Gather", "first_row", [this.#rows, this.#starts()]);
      case "last": {
        const { lengths } = this.#context.inputs;
        const behind = graph.standard("Add", "ends", [this.#starts(), lengths]);
        const last = graph.standard("Sub", "last_index", [behind, graph.integers([1], [], "int32")]);
        return graph.standard("Gather", "last_row", [this.#rows, last]);
      }
      case "max": {
        const inside = graph.standard("Unsqueeze", "inside_cells", [
          this.#inside(),
          graph.integers([2], [1], "int64"),
        ]);
        const lowest = graph.floats([-3e38], []);
        const filled = graph.standard("Where", "lowest_outside", [inside, this.#cells(), lowest]);
        return graph.standard("ReduceMax", "largest", [filled], {
          axes: { ints: [1] },
          keepdims: { int: 0 },
        });
      }
      case "mean":
        return graph.standard("Div", "mean", [this.#sum(), this.#count()]);
      case "mean_sqrt_len": {
        const root = graph.standard("Sqrt", "count_root", [this.#count()]);
        return graph.standard("Div", "mean_sqrt_len", [this.#sum(), root]);
      }
      case "weightedmean":
        return this.#weightedMean();
    }
  }

  #weightedMean(): string {
    const { graph } = this.#context;
    const place = graph.standard("Add", "places", [this.#columns(), graph.integers([1], [], "int32")]);
    const weight = graph.standard("Mul", "place_weight", [
      this.#factor(),
      graph.standard("Cast", "places_float", [place], { to: { int: 1 } }),
    ]);
    const axis = graph.integers([1], [1], "int64");
    const total = graph.standard("ReduceSum", "weight_total", [weight, axis]);
    const column = graph.standard("Unsqueeze", "weight_column", [weight, graph.integers([2], [1], "int64")]);
    const weighted = graph.standard("Mul", "weighted", [this.#cells(), column]);
    const sum = graph.standard("ReduceSum", "weighted_sum", [weighted, axis], { keepdims: { int: 0 } });
    return graph.standard("Div", "weightedmean", [sum, total]);
  }

  #once(name: string, make: () => string): string {
    const known = this.#made.get(name) ?? make();
    this.#made.set(name, known);
    return known;
  }

  /** [texts]: each text's first row. */
  #starts(): string {
    return this.#once("starts", () => {
      const { graph, inputs } = this.#context;
      const zero = graph.integers([0], [], "int32");
      return graph.standard("Gather", "first_index", [inputs.grid, zero], { axis: { int: 1 } });
    });
  }

  /** [texts, longest, hidden]; what lies behind a text's end is any row. */
  #cells(): string {
    return this.#once("cells", () => {
      const { graph, inputs } = this.#context;
      return graph.standard("Gather", "last_cells", [this.#rows, inputs.grid]);
    });
  }

  /** [longest]: 0, 1, 2, … */
  #columns(): string {
    return this.#once("columns", () => {
      const { graph, inputs } = this.#context;
      const zero = graph.integers([0], [], "int32");
      const one = graph.integers([1], [], "int32");
      const shape = graph.standard("Shape", "grid_shape", [inputs.grid]);
      const longest64 = graph.standard("Gather", "longest_64", [shape, graph.integers([1], [], "int64")]);
      const longest = graph.standard("Cast", "longest", [longest64], { to: { int: 6 } });
      return graph.standard("Range", "columns", [zero, longest, one]);
    });
  }

  /** [texts, 1]. */
  #lengths(): string {
    return this.#once("lengths", () => {
      const { graph, inputs } = this.#context;
      const axis = graph.integers([1], [1], "int64");
      return graph.standard("Unsqueeze", "lengths_column", [inputs.lengths, axis]);
    });
  }

  /** [texts, longest]: whether a cell holds a token. */
  #inside(): string {
    return this.#once("inside", () =>
      this.#context.graph.standard("Less", "inside", [this.#columns(), this.#lengths()]),
    );
  }

  /** [texts, longest]: 1 for a token, 0 behind the text's end. */
  #factor(): string {
    return this.#once("factor", () =>
      this.#context.graph.standard("Cast", "inside_float", [this.#inside()], { to: { int: 1 } }),
    );
  }

  /** [texts, hidden]: the sum of each text's rows, padding times zero. */
  #sum(): string {
    return this.#once("sum", () => {
      const { graph } = this.#context;
      const weight = graph.standard("Unsqueeze", "inside_factor", [
        this.#factor(),
        graph.integers([2], [1], "int64"),
      ]);
      const masked = graph.standard("Mul", "masked", [this.#cells(), weight]);
      return graph.standard("ReduceSum", "sum", [masked, graph.integers([1], [1], "int64")], {
        keepdims: { int: 0 },
      });
    });
  }

  /** [texts, 1]: the number of tokens as a float. */
  #count(): string {
    return this.#once("count", () =>
      this.#context.graph.standard("Cast", "count", [this.#lengths()], { to: { int: 1 } }),
    );
  }
}
