import { setTimeout as delay } from "node:timers/promises";
import { EXIT, UserError } from "../errors.ts";

/** How often AWS is asked, and how long things may take; all in milliseconds. */
export interface Pace {
  /** Between two looks at an environment and its events. */
  readonly poll: number;
  /** Between two looks at small things: file systems, mount targets, versions. */
  readonly glance: number;
  /** How long roles may take to be known everywhere. */
  readonly consistency: number;
  /** How long health may take to settle once an environment is ready. */
  readonly settle: number;
  /** How long a small thing may take. */
  readonly patience: number;
}

/** AWS takes minutes and counts requests; an endpoint on this machine takes neither. */
export function paceOf(local: boolean): Pace {
  return local
    ? { poll: 200, glance: 100, consistency: 5000, settle: 12_000, patience: 60_000 }
    : { poll: 5000, glance: 2000, consistency: 90_000, settle: 180_000, patience: 900_000 };
}

/** Waits; an abort ends it with the signal's reason. */
export async function pause(ms: number, signal: AbortSignal): Promise<void> {
  signal.throwIfAborted();
  try {
    await delay(ms, undefined, { signal });
  } catch (error) {
    signal.throwIfAborted();
    throw error;
  }
}

/** Asks until the answer is not undefined. After `limit` milliseconds, an error that a second try can mend. */
export async function until<Answer>(
  what: string,
  ask: () => Promise<Answer | undefined>,
  timing: { readonly every: number; readonly limit: number; readonly signal: AbortSignal },
): Promise<Answer> {
  const begun = performance.now();
  for (;;) {
    const answer = await ask();
    if (answer !== undefined) return answer;
    if (performance.now() - begun > timing.limit)
      throw new UserError({
        reason: "too-slow",
        message: `AWS has not finished after ${Math.round(timing.limit / 1000)} s: ${what}.`,
        hint: "It goes on in AWS; the same command continues.",
        exitCode: EXIT.retry,
      });
    await pause(timing.every, timing.signal);
  }
}
