import { setImmediate as nextTurn } from "node:timers/promises";

/** Milliseconds for which work that never waits may keep the event loop. */
const TURN_MS = 4;

/** Lets others have their turn: what it gives is asked between two steps, and is to be awaited where it answers with a promise. */
export function turns(): () => Promise<void> | undefined {
  let began = performance.now();
  return () => {
    if (performance.now() - began < TURN_MS) return undefined;
    return nextTurn().then(() => {
      began = performance.now();
    });
  };
}
