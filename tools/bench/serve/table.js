/** Writes what was measured as Markdown tables. */

/**
 * @typedef {object} Round
 * @property {number} startSeconds
 * @property {number} idle megabytes
 * @property {Record<string, import("./ask.js").Measured & { megabytes: number }>} found by workload
 */

/** @param {number[]} numbers @param {number} [share] */
function quantile(numbers, share = 0.5) {
  const sorted = numbers.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.max(0, Math.ceil(share * sorted.length) - 1))] ?? Number.NaN;
}

/** @param {number} value */
const short = (value) => (value >= 100 ? value.toFixed(0) : value.toPrecision(3));

/**
 * One table: a row for each contender; medians over the rounds, with the ratio to the first contender behind them.
 * @param {ReadonlyMap<string, readonly Round[]>} results
 * @param {readonly import("./workloads.js").Workload[]} workloads
 */
export function summarise(results, workloads) {
  /** @type {[string, (round: Round) => number][]} */
  const columns = [
    ["start s", ({ startSeconds }) => startSeconds],
    ["idle MB", ({ idle }) => idle],
    ...workloads.flatMap(({ name }) => columnsOf(name)),
  ];
  const first = [...results.values()][0] ?? [];
  const rows = Array.from(results, ([name, rounds]) => {
    const cells = columns.map(([, read]) => {
      const value = quantile(rounds.map(read));
      const base = quantile(first.map(read));
      return rounds === first ? short(value) : `${short(value)} (${(value / base).toFixed(2)}x)`;
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

/** @param {string} name @returns {[string, (round: Round) => number][]} */
function columnsOf(name) {
  /** @param {Round} round */
  const of = (round) =>
    round.found[name] ?? { milliseconds: [], texts: 0, seconds: 1, failed: 0, megabytes: Number.NaN };
  const many = name === "W3" || name === "W5";
  /** @type {[string, (round: Round) => number][]} */
  const columns = [[`${name} p50 ms`, (round) => quantile(of(round).milliseconds)]];
  if (many) {
    columns.push(
      [`${name} p99 ms`, (round) => quantile(of(round).milliseconds, 0.99)],
      [`${name} texts/s`, (round) => of(round).texts / of(round).seconds],
      [`${name} failed`, (round) => of(round).failed],
    );
  }
  if (name === "W4") columns.push(["W4 MB", (round) => of(round).megabytes]);
  return columns;
}
