/** What the service is meant to reach, against what was measured in the same run. */
import { median, short } from "./table.js";

/** @typedef {import("./table.js").Results} Results */

/**
 * A goal: a measured number, and what it may be at most or must be at least.
 * @typedef {object} Goal
 * @property {string} what
 * @property {number} value NaN where the contenders were not measured
 * @property {"at most" | "at least"} bound
 * @property {number} limit
 */

const PYTHON = ["sentence-transformers + FastAPI", "Flask + transformers"];

/** One line for each goal that could be measured. @param {Results} results */
export function goals(results) {
  const own = { fp32: "bertops fp32", int8: "bertops int8", row: "bertops int8-row" };
  const plain = { fp32: "plain onnxruntime-node fp32", int8: "plain onnxruntime-node int8" };
  /** @param {string} contender @param {string} what @param {string} [workload] */
  const of = (contender, what, workload) => median(results, contender, what, workload);
  /** @param {string} a @param {string} b @param {string} what @param {string} workload */
  const ratio = (a, b, what, workload) => of(a, what, workload) / of(b, what, workload);
  const peers = [plain.fp32, ...PYTHON, "text-embeddings-inference"].map((peer) =>
    of(peer, "textsPerSecond", "W3"),
  );
  const best = Math.max(...peers.filter((value) => !Number.isNaN(value)));
  /** @param {string} name @param {number} idle @param {number} start @returns {Goal[]} */
  const itself = (name, idle, start) => [
    {
      what: `${name}: W3 p99 / its own p50`,
      value: of(name, "p99", "W3") / of(name, "p50", "W3"),
      bound: "at most",
      limit: 1.3,
    },
    { what: `${name}: W3 failed requests`, value: of(name, "failed", "W3"), bound: "at most", limit: 0 },
    { what: `${name}: idle MB`, value: of(name, "idle"), bound: "at most", limit: idle },
    { what: `${name}: MB that W4 adds`, value: of(name, "added", "W4"), bound: "at most", limit: 60 },
    {
      what: `${name}: seconds from start to first answer`,
      value: of(name, "start"),
      bound: "at most",
      limit: start,
    },
    {
      what: `${name}: W5 requests/s / one at a time`,
      value: of(name, "requestsPerSecond", "W5") / of(name, "requestsPerSecond", "W5one"),
      bound: "at least",
      limit: 2.5,
    },
  ];
  /** @type {Goal[]} */
  const all = [
    {
      what: "fp32: W1 p50 / plain",
      value: ratio(own.fp32, plain.fp32, "p50", "W1"),
      bound: "at most",
      limit: 1,
    },
    {
      what: "fp32: W2 p50 / plain",
      value: ratio(own.fp32, plain.fp32, "p50", "W2"),
      bound: "at most",
      limit: 0.62,
    },
    {
      what: "fp32: W3 texts/s / best peer",
      value: of(own.fp32, "textsPerSecond", "W3") / best,
      bound: "at least",
      limit: 1.5,
    },
    {
      what: "fp32: W4 / sentence-transformers",
      value: ratio(own.fp32, PYTHON[0] ?? "", "p50", "W4"),
      bound: "at most",
      limit: 1,
    },
    ...itself(own.fp32, 520, 1.2),
    {
      what: "int8: W1 p50 / plain int8",
      value: ratio(own.int8, plain.int8, "p50", "W1"),
      bound: "at most",
      limit: 1,
    },
    {
      what: "int8: W2 p50 / plain int8",
      value: ratio(own.int8, plain.int8, "p50", "W2"),
      bound: "at most",
      limit: 0.7,
    },
    {
      what: "int8: W3 texts/s / plain int8",
      value: ratio(own.int8, plain.int8, "textsPerSecond", "W3"),
      bound: "at least",
      limit: 1.35,
    },
    {
      what: "int8: W3 texts/s / Flask",
      value: ratio(own.int8, PYTHON[1] ?? "", "textsPerSecond", "W3"),
      bound: "at least",
      limit: 3.4,
    },
    {
      what: "int8: W4 / plain int8",
      value: ratio(own.int8, plain.int8, "p50", "W4"),
      bound: "at most",
      limit: 0.4,
    },
    ...itself(own.int8, 340, 0.8),
    {
      what: "int8-row: W2 p50 / int8",
      value: ratio(own.row, own.int8, "p50", "W2"),
      bound: "at most",
      limit: 1.3,
    },
    {
      what: "int8-row: W4 / int8",
      value: ratio(own.row, own.int8, "p50", "W4"),
      bound: "at most",
      limit: 1.3,
    },
  ];
  return all
    .filter(({ value }) => Number.isFinite(value))
    .map(({ what, value, bound, limit }) => {
      const reached = bound === "at most" ? value <= limit : value >= limit;
      return `${reached ? "reached" : "MISSED "}  ${what}: ${short(value)} (${bound} ${limit})`;
    })
    .join("\n");
}
