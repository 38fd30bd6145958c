/** @import { PlainObject } from "./description.js" */

/**
 * How an exported graph is called (docs/model-format.md): its inputs take padded texts.
 * @typedef {object} GraphCall
 * @property {readonly { name: string, type: "int64" | "int32", value: "ids" | "mask" | "types" | "positions" }[]} inputs
 * @property {string} output
 * @property {"rows" | "vectors"} holds one row a token, or one vector a text
 * @property {number} padding the id that texts are filled up with
 * @property {readonly string[]} data files beside the graph with its weights
 */

/**
 * Reads `graph` of `bertops.json`; throws an Error that says what can't be used.
 * @param {PlainObject} graph
 * @returns {GraphCall}
 */
export function parseGraphCall(graph) {
  const { rows, inputs, output, holds, padding, data } = graph;
  if (rows !== "padded")
    throw new Error(`bertops.json asks for ${JSON.stringify(rows)} rows; this service has padded`);
  if (!Array.isArray(inputs)) throw new Error("graph.inputs in bertops.json is no list");
  if (typeof output !== "string") throw new Error("graph.output in bertops.json is no text");
  if (holds !== "rows" && holds !== "vectors")
    throw new Error(`graph.holds in bertops.json is ${JSON.stringify(holds)}`);
  if (typeof padding !== "number" || !Number.isSafeInteger(padding) || padding < 0)
    throw new Error("graph.padding in bertops.json is no id");
  if (!Array.isArray(data) || !data.every(isPlainName))
    throw new Error("graph.data in bertops.json is no list of files");
  return { inputs: inputs.map(input), output, holds, padding, data };
}

/** @param {unknown} value @returns {GraphCall["inputs"][number]} */
function input(value) {
  const fields = typeof value === "object" && value !== null ? Object.fromEntries(Object.entries(value)) : {};
  const { name, type, value: given } = fields;
  if (typeof name !== "string" || (type !== "int64" && type !== "int32"))
    throw new Error("graph.inputs in bertops.json has one that can't be used");
  if (given !== "ids" && given !== "mask" && given !== "types" && given !== "positions")
    throw new Error(
      `graph.inputs in bertops.json wants ${JSON.stringify(given)}, which this service does not have`,
    );
  return { name, type, value: given };
}

/** Nothing outside the model's directory is ever read. @param {unknown} name */
function isPlainName(name) {
  return typeof name === "string" && name !== "" && !/[/\\]/.test(name) && !name.startsWith(".");
}
