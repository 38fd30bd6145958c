/**
 * BERT in plain float64 arithmetic, written from the paper and Google's description of its variables, one sentence at a
 * time, with no packing, no fusion, no ONNX and nothing of `src/`: what the product's answers are measured against.
 */
export interface ReferenceModel {
  readonly layers: number;
  readonly heads: number;
  readonly hidden: number;
  readonly activation: "gelu" | "gelu_tanh" | "relu";
  readonly epsilon: number;
  /** Google's variables with their `bert/` prefix; row-major. */
  readonly variables: ReadonlyMap<
    string,
    { readonly shape: readonly number[]; readonly values: ArrayLike<number> }
  >;
}

type Matrix = number[][];

/** The last hidden state of one sentence, [tokens][hidden]. */
export function lastHiddenState(model: ReferenceModel, ids: readonly number[]): Matrix {
  const word = matrix(model, "bert/embeddings/word_embeddings");
  const position = matrix(model, "bert/embeddings/position_embeddings");
  const type = model.variables.has("bert/embeddings/token_type_embeddings")
    ? matrix(model, "bert/embeddings/token_type_embeddings")
    : [zeros(model.hidden)];
  let x = ids.map((id, index) =>
    at(word, id).map((value, j) => value + num(at(position, index)[j]) + num(at(type, 0)[j])),
  );
  x = norm(model, "bert/embeddings/LayerNorm", x);
  for (let layer = 0; layer < model.layers; layer += 1)
    x = encoderLayer(model, `bert/encoder/layer_${layer}`, x);
  return x;
}

/** [CLS] of the last layer, or the mean of all its rows. */
export function embed(
  model: ReferenceModel,
  ids: readonly number[],
  pooling: "cls" | "mean" = "cls",
): number[] {
  const state = lastHiddenState(model, ids);
  if (pooling === "cls") return at(state, 0);
  return at(state, 0).map((_, j) => state.reduce((sum, row) => sum + num(row[j]), 0) / state.length);
}

/** Cosine similarity. */
export function cosine(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let dot = 0;
  let aa = 0;
  let bb = 0;
  for (let i = 0; i < a.length; i += 1) {
    dot += num(a[i]) * num(b[i]);
    aa += num(a[i]) ** 2;
    bb += num(b[i]) ** 2;
  }
  return dot / Math.sqrt(aa * bb);
}

function encoderLayer(model: ReferenceModel, scope: string, x: Matrix): Matrix {
  const query = dense(model, `${scope}/attention/self/query`, x);
  const key = dense(model, `${scope}/attention/self/key`, x);
  const value = dense(model, `${scope}/attention/self/value`, x);
  const width = model.hidden / model.heads;
  const context = x.map(() => zeros(model.hidden));
  for (let head = 0; head < model.heads; head += 1) {
    for (let i = 0; i < x.length; i += 1) {
      const scores = x.map((_, j) => {
        let score = 0;
        for (let d = head * width; d < (head + 1) * width; d += 1) {
          score += num(at(query, i)[d]) * num(at(key, j)[d]);
        }
        return score / Math.sqrt(width);
      });
      const top = Math.max(...scores);
      const weights = scores.map((score) => Math.exp(score - top));
      const total = weights.reduce((sum, weight) => sum + weight, 0);
      for (let d = head * width; d < (head + 1) * width; d += 1) {
        at(context, i)[d] = weights.reduce(
          (sum, weight, j) => sum + (weight / total) * num(at(value, j)[d]),
          0,
        );
      }
    }
  }
  const attended = norm(
    model,
    `${scope}/attention/output/LayerNorm`,
    add(dense(model, `${scope}/attention/output/dense`, context), x),
  );
  const inner = dense(model, `${scope}/intermediate/dense`, attended).map((row) =>
    row.map((entry) => activate(model, entry)),
  );
  return norm(
    model,
    `${scope}/output/LayerNorm`,
    add(dense(model, `${scope}/output/dense`, inner), attended),
  );
}

function activate(model: ReferenceModel, x: number): number {
  if (model.activation === "relu") return Math.max(0, x);
  if (model.activation === "gelu") return 0.5 * x * (1 + erf(x / Math.SQRT2));
  return 0.5 * x * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x ** 3)));
}

/** The error function to full precision: its Taylor series, which converges everywhere; flat beyond |x| = 5. */
function erf(x: number): number {
  if (Math.abs(x) > 5) return Math.sign(x);
  let term = x;
  let sum = x;
  for (let n = 1; n < 120; n += 1) {
    term *= -(x * x) / n;
    sum += term / (2 * n + 1);
  }
  return (2 / Math.sqrt(Math.PI)) * sum;
}

function dense(model: ReferenceModel, scope: string, x: Matrix): Matrix {
  const kernel = matrix(model, `${scope}/kernel`);
  const bias = vector(model, `${scope}/bias`);
  return x.map((row) => {
    const out = [...bias];
    for (let i = 0; i < row.length; i += 1) {
      const weights = at(kernel, i);
      for (let j = 0; j < out.length; j += 1) out[j] = num(out[j]) + num(row[i]) * num(weights[j]);
    }
    return out;
  });
}

function norm(model: ReferenceModel, scope: string, x: Matrix): Matrix {
  const gamma = vector(model, `${scope}/gamma`);
  const beta = vector(model, `${scope}/beta`);
  return x.map((row) => {
    const mean = row.reduce((sum, value) => sum + value, 0) / row.length;
    const variance = row.reduce((sum, value) => sum + (value - mean) ** 2, 0) / row.length;
    const scale = 1 / Math.sqrt(variance + model.epsilon);
    return row.map((value, j) => (value - mean) * scale * num(gamma[j]) + num(beta[j]));
  });
}

function zeros(size: number): number[] {
  return Array.from({ length: size }, () => 0);
}

function add(a: Matrix, b: Matrix): Matrix {
  return a.map((row, i) => row.map((value, j) => value + num(at(b, i)[j])));
}

function vector(model: ReferenceModel, name: string): number[] {
  const variable = model.variables.get(name);
  if (variable === undefined) throw new Error(`the reference has no ${name}`);
  return Array.from(variable.values);
}

const matrices = new WeakMap<object, Matrix>();

function matrix(model: ReferenceModel, name: string): Matrix {
  const variable = model.variables.get(name);
  if (variable === undefined) throw new Error(`the reference has no ${name}`);
  const known = matrices.get(variable);
  if (known !== undefined) return known;
  const [rows, columns] = [num(variable.shape[0]), num(variable.shape[1])];
  const values = Array.from(variable.values);
  const made = Array.from({ length: rows }, (_, i) => values.slice(i * columns, (i + 1) * columns));
  matrices.set(variable, made);
  return made;
}

function at(rows: Matrix, index: number): number[] {
  const row = rows[index];
  if (row === undefined) throw new Error(`no row ${index}`);
  return row;
}

function num(value: number | undefined): number {
  if (value === undefined) throw new Error("an index outside its vector");
  return value;
}
