import { parseGraphCall } from "./graph-call.js";

/** @import { GraphCall } from "./graph-call.js" */

/** @typedef {Readonly<Record<string, unknown>>} PlainObject */

/**
 * Google's tokenizer, with vocab.txt; or whatever a tokenizer.json says.
 * @typedef {{ type: "wordpiece", lowerCase: boolean, stripAccents: boolean, splitChinese: boolean, maxWordLength: number,
 *   unknown: string, cls: string, sep: string } | { type: "tokenizer.json", lowerCase: boolean }} TokenizerDescription
 */

/**
 * What `bertops.json` says about a prepared model; docs/model-format.md explains every field.
 * @typedef {object} Description
 * @property {string} architecture
 * @property {number | undefined} layers
 * @property {number} hidden
 * @property {number} dimensions numbers of an embedding
 * @property {number | undefined} heads
 * @property {number} maxTokens
 * @property {number} vocabularySize
 * @property {TokenizerDescription} tokenizer
 * @property {GraphCall | undefined} graph how an exported graph is called; absent for those that bertops wrote
 * @property {string} pooling
 * @property {boolean} normalize
 * @property {string} precision
 * @property {Readonly<Record<string, string>>} prompts
 * @property {string | undefined} defaultPrompt
 * @property {number | undefined} parameters
 * @property {unknown} source
 */

/**
 * Reads and checks `bertops.json`; throws an Error that says which field can't be used.
 * @param {string} text
 * @returns {Description}
 */
export function parseDescription(text) {
  const fields = object(JSON.parse(text), "bertops.json");
  if (fields.format !== 1) {
    throw new Error(`bertops.json has format ${JSON.stringify(fields.format)}; this service reads format 1`);
  }
  const prompts = fields.prompts === undefined ? {} : object(fields.prompts, "prompts");
  const hidden = count(fields.hidden, "hidden", 65_536);
  return {
    architecture: string(fields.architecture, "architecture"),
    layers: fields.layers === undefined ? undefined : count(fields.layers, "layers", 1000),
    hidden,
    dimensions: fields.dimensions === undefined ? hidden : count(fields.dimensions, "dimensions", 65_536),
    heads: fields.heads === undefined ? undefined : count(fields.heads, "heads", 1024),
    maxTokens: count(fields.maxTokens, "maxTokens", 1_000_000, 3),
    vocabularySize: count(fields.vocabularySize, "vocabularySize", 10_000_000),
    tokenizer: tokenizerIn(object(fields.tokenizer, "tokenizer")),
    graph: fields.graph === undefined ? undefined : parseGraphCall(object(fields.graph, "graph")),
    pooling: string(fields.pooling, "pooling"),
    normalize: boolean(fields.normalize, "normalize"),
    precision: string(fields.precision, "precision"),
    prompts: Object.fromEntries(
      Object.entries(prompts).map(([name, prompt]) => {
        if (typeof prompt !== "string") throw new Error(`prompts.${name} in bertops.json is no text`);
        return [name, prompt];
      }),
    ),
    defaultPrompt: typeof fields.defaultPrompt === "string" ? fields.defaultPrompt : undefined,
    parameters: typeof fields.parameters === "number" ? fields.parameters : undefined,
    source: fields.source,
  };
}

/** @param {PlainObject} tokenizer @returns {TokenizerDescription} */
function tokenizerIn(tokenizer) {
  const { type } = tokenizer;
  const lowerCase = boolean(tokenizer.lowerCase, "tokenizer.lowerCase");
  if (type === "tokenizer.json") return { type, lowerCase };
  if (type !== "wordpiece") {
    throw new Error(
      `bertops.json asks for a ${JSON.stringify(type)} tokenizer; this service has wordpiece and tokenizer.json`,
    );
  }
  return {
    type,
    lowerCase,
    stripAccents: boolean(tokenizer.stripAccents, "tokenizer.stripAccents"),
    splitChinese: boolean(tokenizer.splitChinese, "tokenizer.splitChinese"),
    maxWordLength: count(tokenizer.maxWordLength, "tokenizer.maxWordLength", 1_000_000),
    unknown: string(tokenizer.unknown, "tokenizer.unknown"),
    cls: string(tokenizer.cls, "tokenizer.cls"),
    sep: string(tokenizer.sep, "tokenizer.sep"),
  };
}

/** @param {unknown} value @param {string} name @returns {Record<string, unknown>} */
function object(value, name) {
  if (typeof value !== "object" || value === null || Array.isArray(value))
    throw new Error(`${name} is no object`);
  return Object.fromEntries(Object.entries(value));
}

/** @param {unknown} value @param {string} name */
function string(value, name) {
  if (typeof value !== "string") throw new Error(`${name} in bertops.json is no text`);
  return value;
}

/** @param {unknown} value @param {string} name */
function boolean(value, name) {
  if (typeof value !== "boolean") throw new Error(`${name} in bertops.json is neither true nor false`);
  return value;
}

/** @param {unknown} value @param {string} name @param {number} most @param {number} [least] */
function count(value, name, most, least = 1) {
  if (typeof value !== "number" || !Number.isSafeInteger(value) || value < least || value > most) {
    throw new Error(
      `${name} in bertops.json is ${JSON.stringify(value)}; a number from ${least} to ${most} is needed`,
    );
  }
  return value;
}
