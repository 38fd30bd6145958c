import type { CommandResult } from "../result.ts";
import type { UserError } from "../errors.ts";
import type { Event } from "../events.ts";
import { failureObject } from "./failure.ts";
import { RateMeter } from "./rate.ts";
import type { Reporter } from "./reporter.ts";
import type { Terminal } from "./terminal.ts";

/** How often a program hears of a long step; the last word of it always comes. */
const PROGRESS_EVERY_MS = 200;

/**
 * What happens as one JSON object a line on stderr (docs/events.md), with the result or the failure as the last one. Stdout is
 * `results`' own: lines, or one object.
 */
export function eventsReporter(
  terminal: Terminal,
  results: Reporter,
  options: { readonly now: () => number; readonly date: () => Date; readonly json: boolean },
): Reporter {
  const meter = new RateMeter(options.now);
  const told = new Map<string, number>();
  const print = (value: Readonly<Record<string, unknown>>): void =>
    terminal.err(`${JSON.stringify({ time: options.date().toISOString(), ...value })}\n`);
  return {
    emit(event: Event) {
      if (event.type !== "progress") {
        print({ ...event });
        return;
      }
      const rate = meter.rate(event);
      const last = told.get(event.id);
      if (event.done !== event.total && last !== undefined && options.now() - last < PROGRESS_EVERY_MS)
        return;
      told.set(event.id, options.now());
      const left = (event.total ?? event.done) - event.done;
      print({
        ...event,
        ...(rate === undefined ? {} : { perSecond: Math.round(rate) }),
        ...(rate === undefined || rate <= 0 || event.total === undefined
          ? {}
          : { secondsLeft: Math.round((10 * left) / rate) / 10 }),
      });
    },
    result(command: string, result: CommandResult) {
      print({ type: "result", ok: (result.exitCode ?? 0) === 0, command, ...result.json });
      results.result(command, result);
    },
    failure(command: string, error: UserError) {
      print({ type: "failure", ...failureObject(command, error) });
      // Stderr holds events alone; stdout has the same object where it was asked for.
      if (options.json) results.failure(command, error);
    },
    pause: () => {},
  };
}
