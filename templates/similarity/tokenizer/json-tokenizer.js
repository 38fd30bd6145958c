import { Worker } from "node:worker_threads";

/** @import { TokenizeReport, TokenizerOrder } from "./json-worker.js" */
/** @import { Encoding } from "./tokenizer.js" */

/**
 * A tokenizer in a thread of its own.
 * @typedef {object} JsonTokenizer
 * @property {(texts: readonly string[]) => Promise<Encoding[]>} tokenize
 * @property {() => Promise<void>} close
 */

/**
 * Starts a thread that tokenises as a tokenizer.json says. Rejects when the library can't read it.
 * @param {TokenizerOrder} order
 * @returns {Promise<JsonTokenizer>}
 */
export async function startJsonTokenizer(order) {
  const worker = new Worker(new URL("json-worker.js", import.meta.url), {
    workerData: order,
    // Threads of its own would take the cores that the model computes on.
    env: { ...process.env, TOKENIZERS_PARALLELISM: "false" },
  });
  /** @type {Map<number, { resolve: (encodings: Encoding[]) => void, reject: (error: Error) => void }>} */
  const waiting = new Map();
  let nextId = 0;
  /** @type {Error | undefined} */
  let ended;

  /** @param {Error} error */
  const end = (error) => {
    ended ??= error;
    for (const { reject } of waiting.values()) reject(ended);
    waiting.clear();
  };

  await new Promise((resolve, reject) => {
    worker.once("message", resolve);
    worker.on("error", (error) => {
      const failure = new Error(
        `tokenizer.json can't be used: ${error instanceof Error ? error.message : error}`,
      );
      reject(failure);
      end(failure);
    });
    worker.once("exit", () => {
      const failure = new Error("the tokenizer's thread ended");
      reject(failure);
      end(failure);
    });
  });
  worker.on("message", (/** @type {TokenizeReport} */ report) => {
    const asked = waiting.get(report.id);
    waiting.delete(report.id);
    if ("error" in report) asked?.reject(new Error(report.error));
    else asked?.resolve(report.encodings);
  });
  return {
    tokenize: (texts) => {
      if (ended !== undefined) return Promise.reject(ended);
      const id = nextId++;
      return new Promise((resolve, reject) => {
        waiting.set(id, { resolve, reject });
        worker.postMessage({ id, texts });
      });
    },
    close: async () => {
      await worker.terminate();
    },
  };
}
