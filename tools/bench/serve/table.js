/** Writes what was measured as a Markdown table. */

/**
 * @typedef {object} Round
 * @property {number} startSeconds
 * @property {number} idle megabytes
 * @property {Record<string, import("./ask.js").Measured & { megabytes: number }>} found by workload
 */

/** @typedef {ReadonlyMap<string, readonly Round[]>} Results by contender */

/** @param {readonly number[]} numbers @param {number} [share] */
export function quantile(numbers, share = 0.5) {
  const sorted = numbers.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.max(0, Math.ceil(share * sorted.length) - 1))] ?? Number.NaN;
}

/**
 * What is read of a round; NaN where the workload was not measured.
 * @type {Readonly<Record<string, (round: Round, workload: string) => number>>}
 */
export const READ = {
  start: ({ startSeconds }) => startSeconds,
  idle: ({ idle }) => idle,
  p50: ({ found }, workload) => quantile(found[workload]?.milliseconds ?? []),
  p99: ({ found }, workload) => quantile(found[workload]?.milliseconds ?? [], 0.99),
  textsPerSecond: ({ found }, workload) => rate(found[workload]?.texts, found[workload]?.seconds),
  requestsPerSecond: ({ found }, workload) => rate(found[workload]?.requests, found[workload]?.seconds),
  added: ({ found, idle }, workload) => (found[workload]?.megabytes ?? Number.NaN) - idle,
  failed: ({ found }, workload) => found[workload]?.failed ?? Number.NaN,
  /** Answers of the client that got fewest, as a share of the mean. */
  fewest: ({ found }, workload) => {
    const answers = found[workload]?.byClient ?? [];
    return Math.min(...answers) / (answers.reduce((sum, count) => sum + count, 0) / answers.length);
  },
};

/** @param {number | undefined} count @param {number | undefined} seconds */
function rate(count, seconds) {
  return count === undefined || seconds === undefined ? Number.NaN : count / seconds;
}

/** The median over the rounds. @param {Results} results @param {string} contender @param {string} what @param {string} [workload] */
export function median(results, contender, what, workload = "") {
  const read = READ[what];
  if (read === undefined) throw new Error(`nothing is read as ${what}`);
  return quantile((results.get(contender) ?? []).map((round) => read(round, workload)));
}

/** @param {number} value */
export const short = (value) => (Math.abs(value) >= 100 ? value.toFixed(0) : value.toPrecision(3));

/**
 * A row for each contender; medians over the rounds, with the ratio to the first contender behind them.
 * @param {Results} results
 * @param {readonly import("./workloads.js").Workload[]} workloads
 */
export function summarise(results, workloads) {
  /** @type {[string, string, string][]} */
  const columns = [
    ["start s", "start", ""],
    ["idle MB", "idle", ""],
    ...workloads.flatMap(({ name, clients }) => columnsOf(name, clients)),
  ];
  const [first = ""] = results.keys();
  const rows = Array.from(results.keys(), (name) => {
    const cells = columns.map(([, what, workload]) => {
      const value = median(results, name, what, workload);
      if (name === first || what === "failed" || what === "fewest" || what === "added") return short(value);
      return `${short(value)} (${(value / median(results, first, what, workload)).toFixed(2)}x)`;
    });
    return `| ${[name, ...cells].join(" | ")} |`;
  });
  return [
    ...workloads.map(({ name, what }) => `${name}: ${what}`),
    "",
    `| contender | ${columns.map(([title]) => title).join(" | ")} |`,
    `|---${"|---".repeat(columns.length)}|`,
    ...rows,
  ].join("\n");
}

/** @param {string} name @param {number} clients @returns {[string, string, string][]} */
function columnsOf(name, clients) {
  if (name === "W4")
    return [
      ["W4 ms", "p50", name],
      ["W4 adds MB", "added", name],
    ];
  if (name.startsWith("W5")) return [[`${name} requests/s`, "requestsPerSecond", name]];
  if (clients === 1) return [[`${name} p50 ms`, "p50", name]];
  return [
    [`${name} texts/s`, "textsPerSecond", name],
    [`${name} p50 ms`, "p50", name],
    [`${name} p99 ms`, "p99", name],
    [`${name} fewest/mean`, "fewest", name],
    [`${name} failed`, "failed", name],
  ];
}
