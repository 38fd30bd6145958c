import { CHANNEL_WINDOW, isNear } from "./link.ts";
import type { Pace } from "./pace.ts";

const MOST = 4 * 1024 * 1024;
const LEAST = 1024 * 1024;
/** A connection may have under way what passed in so many milliseconds of late. */
const AHEAD_MS = 500;

/**
 * How many bytes a connection may have read and not yet acknowledged: enough to fill it, and so few that all of them end at about
 * the same time, however unequally they share the link. What is more only waits in this machine's own buffers. `all` are the paces
 * of those at work, its own included; `roundTrip` is in milliseconds.
 */
export function bytesAllowed(pace: Pace, all: readonly Pace[], roundTrip: number): number {
  // Nearby, more would only be what a lost connection sent in vain.
  const most = isNear(roundTrip) ? CHANNEL_WINDOW : MOST;
  const { rate } = pace;
  if (rate !== undefined) return Math.max(LEAST, Math.min(most, rate * AHEAD_MS));
  // One that joins others on a link that is full may not get on at all.
  if (all.some((one) => one.rate !== undefined)) return LEAST;
  return Math.min(most, CHANNEL_WINDOW + pace.passed);
}

/**
 * Would a connection that takes on `next` bytes more still be at it when the others have done all the rest? `left` are bytes that
 * nobody has taken on. The fastest one never would, so that there is always one that goes on.
 */
export function lags(pace: Pace, all: readonly Pace[], next: number, left: number): boolean {
  const { rate } = pace;
  if (rate === undefined) return false;
  let [fastest, total, ahead] = [0, 0, 0];
  for (const one of all) {
    // Of one that has just begun nobody knows what it will do.
    const its = one.rate ?? 0;
    fastest = Math.max(fastest, its);
    total += its;
    ahead += one.ahead;
  }
  if (rate >= fastest) return false;
  // Nobody's rate is known to the byte: two pieces more than its share are nothing.
  return (pace.ahead + next) / rate > (left + ahead) / total + (2 * next) / fastest;
}
