import { join } from "node:path";
import { GRAPH_FILE, WEIGHTS_FILE } from "../model/files.js";
import { openMemoryDirectory } from "./memory-directory.js";
import { openSession } from "./session.js";

/** @import { ModelFiles } from "./model-files.js" */
/** @import { Session } from "./session.js" */

/**
 * Reads graph and weights into memory and makes them ready to run.
 * @param {ModelFiles} files
 * @param {number} threads
 * @returns {Promise<Session>}
 */
export async function openModel(files, threads) {
  const bytes = (await files.sizeOf(GRAPH_FILE)) + (await files.sizeOf(WEIGHTS_FILE));
  const memory = await openMemoryDirectory(bytes);
  if (memory === undefined) {
    const graph = await files.read(GRAPH_FILE);
    return openSession({ graph, weights: await files.read(WEIGHTS_FILE) }, threads);
  }
  try {
    for (const name of [GRAPH_FILE, WEIGHTS_FILE]) await files.copy(name, () => memory.create(name));
    const session = await openSession({ path: join(memory.path, GRAPH_FILE) }, threads);
    // Matrices are repacked by now; they lie behind what is used where it is (docs/model-format.md).
    await memory.release(WEIGHTS_FILE);
    return session;
  } finally {
    await memory.remove();
  }
}
