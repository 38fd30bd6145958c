/** Asks a service as a workload says, and measures. */
import { Agent, request } from "node:http";

/** @typedef {import("./workloads.js").Workload} Workload */

/**
 * @typedef {object} Measured
 * @property {number[]} milliseconds of each answer
 * @property {number} requests answered
 * @property {number} texts answered
 * @property {number} seconds
 * @property {number} failed
 * @property {number[]} byClient answers that each client got
 */

/**
 * @param {number} port
 * @param {Workload} workload
 * @param {(answer: { status: number, version: string | undefined, body: string }) => void} [seen]
 * @returns {Promise<Measured>}
 */
export async function ask(port, workload, seen = () => {}) {
  const agent = new Agent({ keepAlive: true, maxSockets: workload.clients });
  /** @type {Measured} */
  const measured = { milliseconds: [], requests: 0, texts: 0, seconds: 0, failed: 0, byClient: [] };
  const begun = performance.now();
  const end = begun + workload.seconds * 1000;
  let asked = 0;
  const client = async (/** @type {number} */ number) => {
    measured.byClient[number] = 0;
    while (asked < workload.requests && performance.now() < end) {
      asked += 1;
      const question = workload.question();
      const start = performance.now();
      const answer = await post(agent, port, JSON.stringify(question)).catch(() => undefined);
      if (answer !== undefined) seen(answer);
      if (answer?.status !== 200) measured.failed += 1;
      else {
        measured.milliseconds.push(performance.now() - start);
        measured.requests += 1;
        measured.texts += question.texts.length + 1;
        measured.byClient[number] = (measured.byClient[number] ?? 0) + 1;
      }
    }
  };
  await Promise.all(Array.from({ length: workload.clients }, (_, number) => client(number)));
  measured.seconds = (performance.now() - begun) / 1000;
  agent.destroy();
  return measured;
}

/**
 * @param {Agent} agent @param {number} port @param {string} body
 * @returns {Promise<{ status: number, version: string | undefined, body: string }>}
 */
function post(agent, port, body) {
  return new Promise((resolve, reject) => {
    const headers = { "content-type": "application/json", "content-length": Buffer.byteLength(body) };
    const asking = request(
      { agent, port, host: "127.0.0.1", method: "POST", path: "/sim", headers },
      (answer) => {
        let text = "";
        answer.setEncoding("utf8");
        answer.on("data", (/** @type {string} */ part) => (text += part));
        answer.once("end", () => {
          const version = answer.headers["x-bertops-model-version"];
          resolve({ status: answer.statusCode ?? 0, version: version?.toString(), body: text });
        });
        answer.once("error", reject);
      },
    );
    asking.once("error", reject);
    asking.end(body);
  });
}
