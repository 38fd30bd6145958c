import { stat } from "node:fs/promises";
import { join } from "node:path";

/** @import { Manifest } from "./manifest.js" */

export const GRAPH_FILE = "model.onnx";
export const WEIGHTS_FILE = "model.onnx.data";

/** What a prepared model directory consists of (docs/model-format.md). */
export const MODEL_FILES = ["bertops.json", "vocab.txt", GRAPH_FILE, WEIGHTS_FILE];

/**
 * Bytes of a prepared model's files; throws when one is missing.
 * @param {string} directory
 * @param {Manifest | undefined} manifest
 */
export async function sizeOfFiles(directory, manifest) {
  const sizes = await Promise.all(
    MODEL_FILES.map(async (name) => {
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
