import { pause } from "../pause.ts";

/** Lets bytes pass at a rate; shared by all connections of a transfer. */
export interface RateLimit {
  /** Resolves when so many bytes may be sent; undefined where they may at once. */
  allow(count: number): Promise<void> | undefined;
}

/** Bytes that may pass at once after a pause, in seconds of the rate. */
const BURST_SECONDS = 0.1;

/** A token bucket that may be overdrawn: whoever overdraws it makes the next one wait. No limit without a rate (bytes a second). */
export function rateLimit(rate: number | undefined, signal: AbortSignal): RateLimit {
  if (rate === undefined) return { allow: () => undefined };
  let free = performance.now();
  return {
    allow(count) {
      const now = performance.now();
      const at = Math.max(free, now - BURST_SECONDS * 1000);
      free = at + (count / rate) * 1000;
      return at <= now ? undefined : pause(at - now, signal);
    },
  };
}
