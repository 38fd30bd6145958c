/**
 * A variable of BERT by Google's name, its numbers made when they are asked for.
 * @typedef {{ name: string, shape: number[], size: number, values: () => Float32Array }} Variable
 * @typedef {{ layers: number, hidden: number, pieces: number }} Measures
 */

/**
 * The variables of a BERT of these measures. Numbers repeat after a million, so that gigabytes take seconds to make.
 * @param {Measures} measures
 * @returns {Variable[]}
 */
export function variablesOf({ layers, hidden, pieces }) {
  /** @type {Variable[]} */
  const variables = [];
  let state = 1;
  const noise = Float32Array.from({ length: 1_000_003 }, () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 31 - 1;
  });
  /** @type {(name: string, shape: number[], scale: number) => void} */
  const add = (name, shape, scale) => {
    const size = shape.reduce((a, b) => a * b, 1);
    const scaled = () => noise.map((value) => value * scale);
    variables.push({ name: `bert/${name}`, shape, size, values: () => repeated(scaled(), size) });
  };
  /** @param {string} scope */
  const norm = (scope) => {
    add(`${scope}/LayerNorm/gamma`, [hidden], 1);
    add(`${scope}/LayerNorm/beta`, [hidden], 0.1);
  };
  /** @type {(scope: string, from: number, to: number) => void} */
  const dense = (scope, from, to) => {
    add(`${scope}/kernel`, [from, to], 1.7 / Math.sqrt(from));
    add(`${scope}/bias`, [to], 0.1);
  };
  add("embeddings/word_embeddings", [pieces, hidden], 0.5);
  add("embeddings/position_embeddings", [512, hidden], 0.5);
  add("embeddings/token_type_embeddings", [2, hidden], 0.5);
  norm("embeddings");
  for (let layer = 0; layer < layers; layer += 1) {
    const scope = `encoder/layer_${layer}`;
    for (const part of ["query", "key", "value"]) dense(`${scope}/attention/self/${part}`, hidden, hidden);
    dense(`${scope}/attention/output/dense`, hidden, hidden);
    norm(`${scope}/attention/output`);
    dense(`${scope}/intermediate/dense`, hidden, 4 * hidden);
    dense(`${scope}/output/dense`, 4 * hidden, hidden);
    norm(`${scope}/output`);
  }
  return variables;
}

/** @param {Float32Array} pattern @param {number} size */
function repeated(pattern, size) {
  const whole = new Float32Array(size);
  for (let at = 0; at < size; at += pattern.length) whole.set(pattern.subarray(0, size - at), at);
  return whole;
}

/**
 * The name and the shape that Hugging Face has for a variable.
 * @param {Variable} variable
 * @returns {[string, number[]]}
 */
export function torchForm({ name, shape }) {
  const renamed = name
    .replace("layer_", "layer.")
    .replaceAll("/", ".")
    .replace(/(_embeddings)$/, "$1.weight")
    .replace(/\.(kernel|gamma)$/, ".weight")
    .replace(/\.beta$/, ".bias");
  return [renamed, name.endsWith("/kernel") ? shape.toReversed() : shape];
}
