/** Nearby this will do, and less is lost when it is cut off than with more. */
const LEAST = 2 * 1024 * 1024;
const MOST = 12 * 1024 * 1024;
/** What passes in a round trip, and as much again for each of two that nothing goes wrong in. */
const ROUND_TRIPS = 3;
/** Milliseconds over which a rate is measured at least. */
const SPAN_MS = 100;

/** How many bytes a connection should have asked for and not got yet: so many that the host never waits for a question. */
export class AskedAhead {
  #roundTrip: number;
  #asked: number | undefined;
  #bytes = LEAST;
  #since: number | undefined;
  #came = 0;

  /** `roundTrip` in milliseconds, as logging in showed it: on busy machines it seems longer than it is. */
  constructor(roundTrip: number) {
    this.#roundTrip = roundTrip;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** The first question goes out at this moment in milliseconds. */
  asks(now: number): void {
    this.#asked ??= now;
  }

  /** So many bytes came at this moment. */
  arrived(bytes: number, now: number): void {
    if (this.#since === undefined && this.#asked !== undefined)
      this.#roundTrip = Math.min(this.#roundTrip, now - this.#asked);
    this.#since ??= now;
    this.#came += bytes;
    const span = now - this.#since;
    if (span < Math.max(SPAN_MS, this.#roundTrip)) return;
    const passing = (this.#came / span) * this.#roundTrip;
    this.#bytes = Math.min(MOST, Math.max(LEAST, ROUND_TRIPS * passing));
    this.#since = now;
    this.#came = 0;
  }
}
