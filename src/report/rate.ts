import type { ProgressEvent } from "../events.ts";
import { formatBytes, formatDuration } from "./units.ts";

interface Sample {
  readonly at: number;
  readonly done: number;
}

/** How fast progress goes, over the last seconds, so that a stall shows and a resumed upload does not boast. */
export class RateMeter {
  readonly #samples = new Map<string, Sample[]>();
  readonly #now: () => number;
  static readonly windowMs = 5000;
  static readonly sampleMs = 100;

  constructor(now: () => number) {
    this.#now = now;
  }

  /** Takes in how far it is. */
  note(event: ProgressEvent): void {
    const at = this.#now();
    const samples = this.#samples.get(event.id) ?? [];
    this.#samples.set(event.id, samples);
    // Thousands of acknowledgements a second need no more than a few samples.
    const last = samples.at(-1);
    if (samples.length < 2 || last === undefined || at - last.at >= RateMeter.sampleMs)
      samples.push({ at, done: event.done });
    while (samples.length > 2 && at - samples[0]!.at > RateMeter.windowMs) samples.shift();
  }

  /** Units a second over the window, this event included; undefined until it can be known. */
  rate(event: ProgressEvent): number | undefined {
    this.note(event);
    const at = this.#now();
    const [first] = this.#samples.get(event.id) ?? [];
    if (first === undefined || at - first.at < 300) return undefined;
    return ((event.done - first.done) * 1000) / (at - first.at);
  }

  /** `312 of 714 MB, 44 %, 88.1 MB/s, 5s left, 8 conn., 698 MB reused`. */
  describe(event: ProgressEvent): string {
    const rate = this.rate(event);
    const amount = (n: number): string => (event.unit === "bytes" ? formatBytes(n) : String(n));
    const parts: string[] = [];
    if (event.total === undefined) parts.push(amount(event.done));
    else {
      const share = event.total === 0 ? 100 : Math.floor((100 * event.done) / event.total);
      parts.push(pair(amount(event.done), amount(event.total)), `${share} %`);
    }
    if (event.unit !== "bytes") parts[0] += ` ${event.unit}`;
    if (rate !== undefined && event.unit === "bytes") parts.push(`${formatBytes(rate)}/s`);
    if (rate !== undefined && rate > 0 && event.total !== undefined && event.total > event.done)
      parts.push(`${formatDuration(((event.total - event.done) * 1000) / rate)} left`);
    if (event.connections !== undefined) parts.push(`${event.connections} conn.`);
    if (event.reused !== undefined && event.reused > 0) parts.push(`${formatBytes(event.reused)} reused`);
    if (event.detail !== undefined) parts.push(event.detail);
    return parts.join(", ");
  }
}

/** `312 of 714 MB`, `9.8 MB of 1.2 GB`. */
function pair(done: string, total: string): string {
  const [number = "", unit = ""] = done.split(" ");
  return unit !== "" && total.endsWith(` ${unit}`) ? `${number} of ${total}` : `${done} of ${total}`;
}
