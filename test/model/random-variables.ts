/** The measures of a random checkpoint. */
export interface Measures {
  readonly layers: number;
  readonly hidden: number;
  readonly heads: number;
  readonly intermediate: number;
  readonly positions: number;
  readonly vocabularySize: number;
  readonly seed: number;
}

export interface Variable {
  readonly shape: readonly number[];
  readonly values: Float32Array;
}

/** Numbers between 0 and 1 from a seed (a 32-bit xorshift with a Weyl sequence, good enough for weights). */
export function randomNumbers(seed: number): () => number {
  let state = (seed * 2654435761 + 1) >>> 0;
  let weyl = 0;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    weyl = (weyl + 362437) >>> 0;
    return ((state + weyl) >>> 0) / 2 ** 32;
  };
}

/** Google's variables of a BERT of these measures, with weights wide enough that every operator matters. */
export function randomVariables(measures: Measures): Map<string, Variable> {
  const { hidden, intermediate } = measures;
  const random = randomNumbers(measures.seed);
  const normal = () => Math.sqrt(-2 * Math.log(random() + 1e-12)) * Math.cos(2 * Math.PI * random());
  const variables = new Map<string, Variable>();
  const put = (name: string, shape: readonly number[], scale: number, centre = 0) => {
    const values = Float32Array.from(
      { length: shape.reduce((a, b) => a * b, 1) },
      () => centre + scale * normal(),
    );
    variables.set(`bert/${name}`, { shape, values });
  };
  const norm = (scope: string) => {
    put(`${scope}/LayerNorm/gamma`, [hidden], 0.1, 1);
    put(`${scope}/LayerNorm/beta`, [hidden], 0.1);
  };
  const dense = (scope: string, from: number, to: number) => {
    put(`${scope}/kernel`, [from, to], 1 / Math.sqrt(from));
    put(`${scope}/bias`, [to], 0.1);
  };
  put("embeddings/word_embeddings", [measures.vocabularySize, hidden], 0.5);
  put("embeddings/position_embeddings", [measures.positions, hidden], 0.3);
  put("embeddings/token_type_embeddings", [2, hidden], 0.3);
  norm("embeddings");
  for (let layer = 0; layer < measures.layers; layer += 1) {
    const scope = `encoder/layer_${layer}`;
    for (const part of ["query", "key", "value"]) dense(`${scope}/attention/self/${part}`, hidden, hidden);
    dense(`${scope}/attention/output/dense`, hidden, hidden);
    norm(`${scope}/attention/output`);
    dense(`${scope}/intermediate/dense`, hidden, intermediate);
    dense(`${scope}/output/dense`, intermediate, hidden);
    norm(`${scope}/output`);
  }
  dense("pooler/dense", hidden, hidden);
  return variables;
}
