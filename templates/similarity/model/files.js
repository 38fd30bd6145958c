import { readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { parseDescription } from "./description.js";

/** @import { Description } from "./description.js" */
/** @import { Manifest } from "./manifest.js" */

export const DESCRIPTION_FILE = "bertops.json";

export const GRAPH_FILE = "model.onnx";
export const WEIGHTS_FILE = "model.onnx.data";

/**
 * The files of a model's vocabulary and weights (docs/model-format.md).
 * @param {Description} description
 */
export function modelFiles({ graph, tokenizer }) {
  return {
    vocabulary: tokenizer.type === "wordpiece" ? "vocab.txt" : "tokenizer.json",
    weights: graph?.data ?? [WEIGHTS_FILE],
  };
}

/**
 * Bytes of a prepared model's files; throws when one is missing, or the description can't be used.
 * @param {string} directory
 * @param {Manifest | undefined} manifest
 */
export async function sizeOfFiles(directory, manifest) {
  const text = await readFile(join(directory, DESCRIPTION_FILE), "utf8").catch(() => undefined);
  if (text === undefined) throw new Error(`${directory} has no ${DESCRIPTION_FILE}: it is no prepared model`);
  const { vocabulary, weights } = modelFiles(parseDescription(text));
  const sizes = await Promise.all(
    [DESCRIPTION_FILE, vocabulary, GRAPH_FILE, ...weights].map(async (name) => {
      const size =
        manifest === undefined ? await sizeOnDisk(join(directory, name)) : manifest.files.get(name)?.size;
      if (size === undefined) throw new Error(`${directory} has no ${name}: it is no prepared model`);
      return size;
    }),
  );
  return sizes.reduce((sum, size) => sum + size, 0);
}

/** @param {string} path @returns {Promise<number | undefined>} */
async function sizeOnDisk(path) {
  try {
    return (await stat(path)).size;
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
    throw error;
  }
}
