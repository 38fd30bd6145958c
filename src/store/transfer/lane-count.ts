import { CHANNEL_WINDOW, isNear } from "./link.ts";

/** What is known of a link before anything was sent over it. */
export interface Link {
  /** Milliseconds from a question to its answer. */
  readonly roundTrip: number;
  /** Bytes and files that may have to travel. */
  readonly bytes: number;
  readonly files: number;
}

const MOST_NEAR = 2;
const MOST_FAR = 16;
const FIRST_FAR = 8;
/**
 * Bytes a second that a link is expected to take at first. Each login costs the host a tenth of a second of its processor, and each
 * connection begins with a few packets in flight: half as many again as 1 Gbit/s has windows for fill it sooner.
 */
const AIM = 200_000_000;
const BYTES_WORTH_ONE = 4 * 1024 * 1024;
const FILES_WORTH_ONE = 200;

/** How many connections to begin with: what the round trip's window times says a fast link takes, fewer for little work. */
export function firstLanes({ roundTrip, bytes, files }: Link): number {
  if (isNear(roundTrip)) return 1;
  const windows = Math.ceil((roundTrip / 1000) * (AIM / CHANNEL_WINDOW));
  return Math.max(1, Math.min(FIRST_FAR, windows, worth(bytes, files)));
}

/** How many are tried at most. */
export function mostLanes({ roundTrip, bytes, files }: Link): number {
  return Math.max(1, Math.min(isNear(roundTrip) ? MOST_NEAR : MOST_FAR, worth(bytes, files)));
}

function worth(bytes: number, files: number): number {
  return Math.ceil(Math.max(bytes / BYTES_WORTH_ONE, files / FILES_WORTH_ONE));
}

/** More connections must bring at least this much more throughput to stay. */
const GAIN = 1.1;
/** Ticks for which a change settles before it is judged, and ticks of rest after a change that brought nothing. */
const SETTLING = 2;
const RESTING = 40;
/** Ticks that are left at the present rate, below which a further connection's login would not pay any more. */
const WORTH_LEFT = 16;

/**
 * Adds connections while they bring throughput, and drops them again where they don't. Asked once a tick with what was sent
 * in it; `lanes` are those at work.
 */
export class LaneController {
  readonly #most: number;
  #wanted: number;
  /** Before the last addition: how many, and how fast they were. */
  #before: { readonly lanes: number; readonly rate: number } | undefined;
  /** As measured last. */
  #rate = 0;
  #rates: number[] = [];
  #rest = 0;

  constructor(first: number, most: number) {
    this.#wanted = Math.min(first, most);
    this.#most = most;
  }

  /** How many there should be. */
  get wanted(): number {
    return this.#wanted;
  }

  /** Those at work have to do: one more was refused, or would only hinder the others. */
  settle(lanes: number): void {
    this.#wanted = Math.max(1, Math.min(this.#wanted, lanes));
    this.#before = undefined;
    this.#rest = Number.POSITIVE_INFINITY;
  }

  /** `left` are bytes that nobody works on yet. */
  tick(bytes: number, lanes: number, left = Number.POSITIVE_INFINITY): void {
    if (this.#rest > 0) {
      this.#rest--;
      return;
    }
    // Those that are still logging in count from when they are there.
    if (lanes < this.#wanted) {
      this.#rates = [];
      return;
    }
    this.#rates.push(bytes);
    if (this.#rates.length < SETTLING * 2) return;
    const rate = this.#rates.slice(SETTLING).reduce((sum, one) => sum + one, 0) / SETTLING;
    this.#rates = [];
    if (this.#before !== undefined && rate < this.#before.rate * GAIN) {
      this.#wanted = this.#before.lanes;
      this.#before = undefined;
      this.#rest = RESTING;
      return;
    }
    this.#before = undefined;
    // A connection gets faster by itself at first: no addition must take the credit for that.
    const isGrowing = rate >= this.#rate * GAIN;
    this.#rate = rate;
    if (isGrowing || this.#wanted >= this.#most || left < rate * WORTH_LEFT) return;
    this.#before = { lanes: this.#wanted, rate };
    this.#wanted = Math.min(this.#most, this.#wanted + Math.max(1, Math.floor(this.#wanted / 2)));
  }
}
