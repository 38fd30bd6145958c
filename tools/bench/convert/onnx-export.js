import { open, writeFile } from "node:fs/promises";
import path from "node:path";

/** @import { Measures } from "./variables.js" */

/**
 * A graph of nothing but its weights, as large as the model; they are zeros in a file that takes no room.
 * @param {string} directory @param {Measures} measures
 */
export async function writeExport(directory, { layers, hidden, pieces }) {
  // The built program, which is not there yet when types are checked.
  const { encodeModel } = await import(new URL("../../../dist/model/onnx/messages.js", import.meta.url).href);
  const rows = [pieces, ...Array.from({ length: layers }, () => 12 * hidden)];
  let offset = 0;
  const constants = rows.map((count, index) => {
    const data = { kind: "beside", file: "model.onnx_data", offset, length: 4 * count * hidden };
    offset += data.length;
    const name = index === 0 ? "table" : `layer${index}`;
    return { name, element: "float32", shape: [count, hidden], data };
  });
  const shape = ["batch", "sequence"];
  const gather = {
    operator: "Gather",
    domain: "",
    inputs: ["table", "input_ids"],
    outputs: ["last_hidden_state"],
    attributes: {},
  };
  const graph = encodeModel({
    name: "measure",
    nodes: [gather],
    constants,
    inputs: [{ name: "input_ids", element: "int64", shape }],
    outputs: [{ name: "last_hidden_state", element: "float32", shape: [...shape, hidden] }],
  });
  await writeFile(path.join(directory, "model.onnx"), graph);
  const data = await open(path.join(directory, "model.onnx_data"), "wx");
  await data.truncate(offset);
  await data.close();
  const vocab = Array.from({ length: pieces }, (_, id) => [`w${id}`, -id]);
  await writeFile(
    path.join(directory, "tokenizer.json"),
    JSON.stringify({ model: { type: "Unigram", unk_id: 0, vocab } }),
  );
}
