import type { GraphSettings } from "../prepared/settings.ts";
import { unsupported } from "../unsupported.ts";
import type { GraphFacts, GraphValue } from "./graph-facts.ts";

/** What the service can put into an input of that name. */
const INPUTS: Readonly<Record<string, "ids" | "mask" | "types" | "positions">> = {
  input_ids: "ids",
  attention_mask: "mask",
  token_type_ids: "types",
  position_ids: "positions",
};

const TYPES: Readonly<Record<number, "int64" | "int32">> = { 7: "int64", 6: "int32" };
const FLOATS = new Set([1, 10]);

const EXPORT_HINT =
  "Export the encoder alone: optimum-cli export onnx --task feature-extraction --model DIR OUT.";

/** Outputs of one row a token, the likeliest names first. */
const ROWS = ["last_hidden_state", "token_embeddings", "hidden_states", "encoder_hidden_states"];
/** Outputs of one vector a text. */
const VECTORS = ["sentence_embedding", "sentence_embeddings", "text_embeds", "embeddings"];

/**
 * How the service calls the graph: what each input is given, and which output is read. `rows` asks for the output of
 * one row a token, which `--pooling` needs; otherwise one that is pooled already is preferred. Throws UserError.
 */
export function interfaceOf(
  facts: GraphFacts,
  file: string,
  rows: boolean,
): Omit<GraphSettings, "data" | "padding"> & { readonly width: number | undefined } {
  const inputs = facts.inputs.map((value) => inputOf(value, file));
  if (!inputs.some(({ value }) => value === "ids"))
    throw unsupported(`${file} has no input input_ids.`, EXPORT_HINT);
  const floats = facts.outputs.filter(({ element }) => FLOATS.has(element));
  const vectors = pick(floats, VECTORS, 2);
  const states = pick(floats, ROWS, 3) ?? only(floats.filter(({ shape }) => shape?.length === 3));
  const output = rows ? states : (vectors ?? states);
  if (output === undefined) {
    const names = facts.outputs.map(({ name }) => name).join(", ");
    throw unsupported(`${file} answers ${names}, none of which is the last hidden state.`, EXPORT_HINT);
  }
  return {
    rows: "padded",
    inputs,
    output: output.name,
    holds: output === vectors ? "vectors" : "rows",
    width: output.shape?.at(-1) ?? undefined,
  };
}

function inputOf({ name, element, shape }: GraphValue, file: string): GraphSettings["inputs"][number] {
  const value = INPUTS[name];
  if (value === undefined) {
    throw unsupported(
      `${file} asks for an input ${name}, which bertops does not know; it has ${Object.keys(INPUTS).join(", ")}.`,
      EXPORT_HINT,
    );
  }
  const type = TYPES[element];
  if (type === undefined) throw unsupported(`${file} wants ${name} of type ${element}, not whole numbers.`);
  const fixed = shape?.find((size) => size !== null);
  if (fixed !== undefined && fixed !== null) {
    throw unsupported(
      `${file} was exported for inputs of one fixed size, [${shape?.map((size) => size ?? "?").join(", ")}].`,
      "Export it with dynamic axes for the batch and the sequence.",
    );
  }
  if (shape !== undefined && shape.length !== 2)
    throw unsupported(`${file} wants ${name} with ${shape.length} dimensions, not 2.`, EXPORT_HINT);
  return { name, type, value };
}

function pick(values: readonly GraphValue[], names: readonly string[], rank: number): GraphValue | undefined {
  for (const name of names) {
    const found = values.find((value) => value.name === name);
    if (found !== undefined && (found.shape === undefined || found.shape.length === rank)) return found;
  }
  return undefined;
}

function only<T>(values: readonly T[]): T | undefined {
  return values.length === 1 ? values[0] : undefined;
}
