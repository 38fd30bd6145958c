import { takeChild } from "./child.js";
import { removeLeftBehind } from "./memory-directory.js";
import { takeTurns } from "./take-turns.js";

/** @import { LoadOrder, Order, Report } from "./messages.js" */
/** @import { Packed } from "./pack.js" */

/**
 * A model in its own process.
 * @typedef {object} Engine
 * @property {string} description bertops.json
 * @property {string} vocabulary vocab.txt, or tokenizer.json
 * @property {number} hidden numbers of an embedding
 * @property {number} pid
 * @property {(packed: Packed) => Promise<{ embeddings: Float32Array[], milliseconds: number }>} run
 * @property {Promise<string>} ended says why, once the process has ended
 * @property {() => Promise<void>} close
 */

/** The inference process ended while something was asked of it. */
export class EngineEnded extends Error {
  /** @param {string} why */
  constructor(why) {
    super(`the inference process ended: ${why}`);
    this.name = "EngineEnded";
  }
}

/**
 * Starts an inference process and loads a model in it. Rejects when it doesn't load, and when `signal` aborts.
 * @param {LoadOrder} order
 * @param {object} options
 * @param {(bytes: number, total: number) => void} options.progress
 * @param {() => boolean} options.yields says whether another model computes now: loading takes turns with it
 * @param {AbortSignal} options.signal
 * @returns {Promise<Engine>}
 */
export async function startEngine(order, { progress, yields, signal }) {
  signal.throwIfAborted();
  const child = takeChild();
  /** @type {Map<number, { resolve: (report: Extract<Report, { type: "result" }>) => void, reject: (error: Error) => void }>} */
  const waiting = new Map();
  let nextId = 0;

  /** @type {Promise<string>} */
  const ended = new Promise((resolve) => {
    child.once("error", (error) => resolve(error.message));
    child.once("exit", (code, exitSignal) =>
      resolve(exitSignal ? `signal ${exitSignal}` : `exit code ${code}`),
    );
  });
  void ended.then((why) => {
    for (const { reject } of waiting.values()) reject(new EngineEnded(why));
    waiting.clear();
    void removeLeftBehind();
  });

  /** @param {Order} message @returns {Promise<void>} */
  const send = (message) =>
    new Promise((resolve, reject) => {
      if (!child.connected) reject(new EngineEnded("its channel is closed"));
      else child.send(message, (error) => (error ? reject(new EngineEnded(error.message)) : resolve()));
    });

  const close = async () => {
    child.kill("SIGKILL");
    await ended;
  };
  const abort = () => child.kill("SIGKILL");
  signal.addEventListener("abort", abort, { once: true });

  /** @type {Promise<Extract<Report, { type: "loaded" }>>} */
  const loading = new Promise((resolve, reject) => {
    child.on("message", (/** @type {Report} */ report) => {
      switch (report.type) {
        case "progress":
          return progress(report.bytes, report.total);
        case "loaded":
          return resolve(report);
        case "failed":
          return reject(new Error(report.message));
        case "result":
          waiting.get(report.id)?.resolve(report);
          return waiting.delete(report.id);
        case "error":
          waiting.get(report.id)?.reject(new Error(report.message));
          return waiting.delete(report.id);
      }
    });
    void ended.then((why) => reject(new EngineEnded(why)));
  });

  const alone = takeTurns(child, yields);
  try {
    await send({ type: "load", order });
    const { description, vocabulary, hidden } = await loading;
    return {
      description,
      vocabulary,
      hidden,
      pid: child.pid ?? 0,
      ended,
      close,
      run: async (packed) => {
        const id = nextId++;
        /** @type {Promise<Extract<Report, { type: "result" }>>} */
        const answered = new Promise((resolve, reject) => waiting.set(id, { resolve, reject }));
        send({ type: "run", id, packed }).catch((error) => {
          waiting.get(id)?.reject(error);
          waiting.delete(id);
        });
        const { embeddings, milliseconds } = await answered;
        return { embeddings: vectors(embeddings, hidden), milliseconds };
      },
    };
  } catch (error) {
    await close();
    signal.throwIfAborted();
    throw error;
  } finally {
    alone();
    signal.removeEventListener("abort", abort);
  }
}

/**
 * Each vector with memory of its own, so that a remembered one doesn't keep its neighbours.
 * @param {Float32Array} embeddings
 * @param {number} hidden
 */
function vectors(embeddings, hidden) {
  return Array.from({ length: embeddings.length / hidden }, (_, row) =>
    embeddings.slice(row * hidden, (row + 1) * hidden),
  );
}
