import { join } from "node:path";
import { GRAPH_FILE, modelFiles } from "../model/files.js";
import { startChecker } from "./checker.js";
import { openMemoryDirectory } from "./memory-directory.js";
import { openSession } from "./session.js";

/** @import { Description } from "../model/description.js" */
/** @import { MemoryDirectory } from "./memory-directory.js" */
/** @import { ModelFiles } from "./model-files.js" */
/** @import { Session } from "./session.js" */

/** What is hashed in less time than a thread takes to come up needs none. */
const THREAD_FROM_BYTES = 16e6;

/**
 * Reads graph and weights into memory, checks them against the manifest and makes them ready to run.
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
  const checker = bytes < THREAD_FROM_BYTES ? undefined : startChecker();
  try {
    // ONNX Runtime reads the graph: that must be what was pushed before it does.
    await files.copy(GRAPH_FILE, memory);
    for (const name of weights) await files.copy(name, memory, checker);
    // Weights are only numbers until something is computed with them: they are repacked while the last are still compared.
    const [checked, opened] = await Promise.allSettled([
      checker?.end(),
      openSession({ path: join(memory.path, GRAPH_FILE) }, description, threads),
    ]);
    // Damage explains also why ONNX Runtime may have failed.
    if (checked.status === "rejected") throw checked.reason;
    if (opened.status === "rejected") throw opened.reason;
    void giveBack(memory, weights);
    return opened.value;
  } catch (error) {
    await memory.remove();
    throw error;
  } finally {
    await checker?.close();
  }
}

/**
 * Matrices are repacked by now; they lie behind what is used where it is (docs/model-format.md). The model answers while
 * their memory is given back, and also if it is not.
 * @param {MemoryDirectory} memory
 * @param {readonly string[]} weights
 */
async function giveBack(memory, weights) {
  await Promise.allSettled(weights.map((name) => memory.release(name)));
  await memory.remove().catch(() => {});
}
