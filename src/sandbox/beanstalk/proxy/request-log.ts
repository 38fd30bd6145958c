/** One answered request. */
interface Answered {
  readonly at: number;
  readonly status: number;
  readonly seconds: number;
}

/** What requests of the last seconds came to; latencies in seconds. */
export interface RequestMetrics {
  readonly duration: number;
  readonly count: number;
  /** How many had a status of 2xx, 3xx, 4xx, 5xx. */
  readonly classes: readonly [number, number, number, number];
  /** The latency that this part of the requests stayed below; undefined without requests. */
  percentile(part: number): number | undefined;
}

/** Seconds that metrics look back, as enhanced health does. */
const WINDOW = 10;
const MOST = 10_000;

/** Remembers the requests of the last ten seconds. */
export class RequestLog {
  #answered: Answered[] = [];

  /** Notes an answered request. */
  add(status: number, seconds: number): void {
    this.#answered.push({ at: Date.now(), status, seconds });
    if (this.#answered.length > MOST) {
      this.#answered = this.#answered.slice(MOST / 2);
    }
  }

  /** What the last ten seconds came to. */
  metrics(): RequestMetrics {
    const since = Date.now() - WINDOW * 1000;
    this.#answered = this.#answered.filter((one) => one.at >= since);
    const latencies = this.#answered.map((one) => one.seconds).toSorted((a, b) => a - b);
    const of = (hundred: number): number =>
      this.#answered.filter((one) => Math.floor(one.status / 100) === hundred).length;
    return {
      duration: WINDOW,
      count: latencies.length,
      classes: [of(2), of(3), of(4), of(5)],
      percentile: (part) => latencies[Math.min(latencies.length - 1, Math.floor(latencies.length * part))],
    };
  }
}
