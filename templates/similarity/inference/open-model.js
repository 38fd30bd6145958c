import { join } from "node:path";
import { GRAPH_FILE, modelFiles } from "../model/files.js";
import { openMemoryDirectory } from "./memory-directory.js";
import { openSession } from "./session.js";

/** @import { Description } from "../model/description.js" */
/** @import { ModelFiles } from "./model-files.js" */
/** @import { Session } from "./session.js" */

/**
 * Reads graph and weights into memory and makes them ready to run.
 * @param {ModelFiles} files
 * @param {Description} description
 * @param {number} threads
 * @returns {Promise<Session>}
 */
export async function openModel(files, description, threads) {
  const { weights } = modelFiles(description);
  let bytes = await files.sizeOf(GRAPH_FILE);
  for (const name of weights) bytes += await files.sizeOf(name);
  const memory = await openMemoryDirectory(bytes);
  if (memory === undefined) {
    const graph = await files.read(GRAPH_FILE);
    const externalData = [];
    for (const path of weights) externalData.push({ path, data: await files.read(path) });
    return openSession({ graph, externalData }, description, threads);
  }
  try {
    for (const name of [GRAPH_FILE, ...weights]) await files.copy(name, () => memory.create(name));
    const session = await openSession({ path: join(memory.path, GRAPH_FILE) }, description, threads);
    // Matrices are repacked by now; they lie behind what is used where it is (docs/model-format.md).
    for (const name of weights) await memory.release(name);
    return session;
  } finally {
    await memory.remove();
  }
}
