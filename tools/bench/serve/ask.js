/** Asks a service as a workload says, and measures. */
import { Agent, request } from "node:http";

/** @typedef {import("./workloads.js").Workload} Workload */

/**
 * @typedef {object} Measured
 * @property {number[]} milliseconds of each answer
 * @property {number} texts answered
 * @property {number} seconds
 * @property {number} failed
 */

/**
 * @param {number} port
 * @param {Workload} workload
 * @returns {Promise<Measured>}
 */
export async function ask(port, workload) {
  const agent = new Agent({ keepAlive: true, maxSockets: workload.clients });
  /** @type {Measured} */
  const measured = { milliseconds: [], texts: 0, seconds: 0, failed: 0 };
  const begun = performance.now();
  const end = begun + workload.seconds * 1000;
  let asked = 0;
  const client = async () => {
    while (asked < workload.requests && performance.now() < end) {
      asked += 1;
      const question = workload.question();
      const start = performance.now();
      const status = await post(agent, port, JSON.stringify(question)).catch(() => 0);
      if (status !== 200) measured.failed += 1;
      else {
        measured.milliseconds.push(performance.now() - start);
        measured.texts += question.texts.length + 1;
      }
    }
  };
  await Promise.all(Array.from({ length: workload.clients }, client));
  measured.seconds = (performance.now() - begun) / 1000;
  agent.destroy();
  return measured;
}

/** @param {Agent} agent @param {number} port @param {string} body @returns {Promise<number>} the status */
function post(agent, port, body) {
  return new Promise((resolve, reject) => {
    const headers = { "content-type": "application/json", "content-length": Buffer.byteLength(body) };
    const asking = request(
      { agent, port, host: "127.0.0.1", method: "POST", path: "/sim", headers },
      (answer) => {
        answer.resume();
        answer.once("end", () => resolve(answer.statusCode ?? 0));
        answer.once("error", reject);
      },
    );
    asking.once("error", reject);
    asking.end(body);
  });
}
