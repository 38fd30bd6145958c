import { Worker } from "node:worker_threads";

/** @import { CheckOrder, CheckReport } from "./check-thread.js" */

/**
 * Compares copies with the manifest on a thread of its own.
 * @typedef {object} Checker
 * @property {(file: Omit<Extract<CheckOrder, { type: "file" }>, "type">) => void} begin names the file that parts belong to from now on
 * @property {(from: number, length: number) => void} part is in the copy now; throws when an earlier one differs
 * @property {() => Promise<void>} end resolves once every part is known to agree; rejects when one differs
 * @property {() => Promise<void>} close ends the thread
 */

/** Starts it. @returns {Checker} */
export function startChecker() {
  const worker = new Worker(new URL("check-thread.js", import.meta.url));
  /** @type {Error | undefined} */
  let failure;
  /** @type {Promise<void>} */
  const agrees = new Promise((resolve, reject) => {
    const fail = (/** @type {Error} */ error) => {
      failure ??= error;
      reject(failure);
    };
    worker.on("message", (/** @type {CheckReport} */ report) => {
      if (report.type === "agrees") resolve();
      else fail(new Error(report.message));
    });
    worker.on("error", fail);
    worker.once("exit", () => fail(new Error("the thread that checks the model's files ended")));
  });
  // Whoever copies is told at its next part, also when it never comes to the end.
  agrees.catch(() => {});
  /** @param {CheckOrder} order */
  const send = (order) => worker.postMessage(order);
  return {
    begin: (file) => send({ type: "file", ...file }),
    part: (from, length) => {
      if (failure !== undefined) throw failure;
      send({ type: "part", from, length });
    },
    end: () => {
      send({ type: "end" });
      return agrees;
    },
    close: async () => {
      await worker.terminate();
    },
  };
}
