/** Milliseconds that count as "of late". */
const LATELY = 2000;
/** And so many of them have to pass until anything is said. */
const ENOUGH = 1000;
/** What passes within so many counts as one: packets come by the ten thousand. */
const TICK = 20;

/** How fast one connection gets on, and what it has under way. */
export class Pace {
  readonly #now: () => number;
  readonly #lately: { readonly at: number; bytes: number }[] = [];
  #sum = 0;
  #since: number | undefined;
  #ahead = 0;
  #passed = 0;

  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
  }

  /** Bytes that were taken on and have not passed yet. */
  get ahead(): number {
    return this.#ahead;
  }

  /** Bytes that passed from the beginning. */
  get passed(): number {
    return this.#passed;
  }

  /** Bytes a millisecond that passed of late; undefined as long as nobody can know. */
  get rate(): number | undefined {
    const at = this.#now();
    if (this.#since === undefined || at - this.#since < ENOUGH) return undefined;
    this.#forget(at);
    return this.#sum / Math.min(LATELY, at - this.#since);
  }

  take(bytes: number): void {
    this.#ahead += bytes;
  }

  giveBack(bytes: number): void {
    this.#ahead -= bytes;
  }

  /** So many bytes arrived, or were there. */
  pass(bytes: number): void {
    // A sign of life is no beginning.
    if (bytes === 0) return;
    const at = this.#now();
    this.#since ??= at;
    this.#ahead -= bytes;
    this.#passed += bytes;
    const last = this.#lately.at(-1);
    if (last !== undefined && at - last.at < TICK) last.bytes += bytes;
    else this.#lately.push({ at, bytes });
    this.#sum += bytes;
    this.#forget(at);
  }

  #forget(at: number): void {
    const [oldest] = this.#lately;
    if (oldest === undefined || at - oldest.at <= LATELY) return;
    const kept = this.#lately.findIndex(({ at: then }) => at - then <= LATELY);
    const gone = this.#lately.splice(0, kept === -1 ? this.#lately.length : kept);
    for (const { bytes } of gone) this.#sum -= bytes;
  }
}
