/**
 * A number that Prometheus reads: `counter`s only grow, `gauge`s are asked for when they are read.
 * @typedef {{ name: string, help: string, type: "counter" | "gauge" | "histogram", lines: () => string[] }} Metric
 */

/** Seconds; the same bounds for requests and runs, so that they can be laid over each other. */
const SECONDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];

/** Collects what the service counts and writes it in Prometheus' text format. */
export class Metrics {
  /** @type {Metric[]} */
  #metrics = [];

  /**
   * @param {string} name
   * @param {string} help
   * @returns {(labels?: Record<string, string | number>, by?: number) => void} adds to it
   */
  counter(name, help) {
    /** @type {Map<string, number>} */
    const values = new Map();
    this.#metrics.push({
      name,
      help,
      type: "counter",
      lines: () =>
        values.size === 0 ? [`${name} 0`] : [...values].map(([labels, value]) => `${name}${labels} ${value}`),
    });
    return (labels = {}, by = 1) => {
      const key = written(labels);
      values.set(key, (values.get(key) ?? 0) + by);
    };
  }

  /**
   * @param {string} name
   * @param {string} help
   * @param {() => Iterable<readonly [Record<string, string | number>, number]>} read
   * @param {"gauge" | "counter"} [type] counter: what is read only grows
   */
  gauge(name, help, read, type = "gauge") {
    const lines = () => [...read()].map(([labels, value]) => `${name}${written(labels)} ${value}`);
    this.#metrics.push({ name, help, type, lines });
  }

  /**
   * @param {string} name
   * @param {string} help
   * @returns {(seconds: number) => void}
   */
  histogram(name, help) {
    const counts = SECONDS.map(() => 0);
    let sum = 0;
    let count = 0;
    const lines = () => [
      ...SECONDS.map((bound, index) => `${name}_bucket{le="${bound}"} ${counts[index]}`),
      `${name}_bucket{le="+Inf"} ${count}`,
      `${name}_sum ${sum}`,
      `${name}_count ${count}`,
    ];
    this.#metrics.push({ name, help, type: "histogram", lines });
    return (seconds) => {
      sum += seconds;
      count += 1;
      for (const [index, bound] of SECONDS.entries())
        if (seconds <= bound) counts[index] = (counts[index] ?? 0) + 1;
    };
  }

  /** All of it, as Prometheus reads it. */
  text() {
    return this.#metrics
      .flatMap(({ name, help, type, lines }) => [
        `# HELP ${name} ${help}`,
        `# TYPE ${name} ${type}`,
        ...lines(),
      ])
      .join("\n")
      .concat("\n");
  }
}

/** @param {Record<string, string | number>} labels */
function written(labels) {
  const pairs = Object.entries(labels).map(([name, value]) => {
    const text = String(value).replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("\n", "\\n");
    return `${name}="${text}"`;
  });
  return pairs.length === 0 ? "" : `{${pairs.join(",")}}`;
}
