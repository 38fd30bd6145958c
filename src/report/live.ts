import ora from "ora";
import type { Event, ProgressEvent } from "../events.ts";
import { formatFailure } from "./failure.ts";
import { fit, fitted } from "./fit.ts";
import { EventFormatter } from "./plain.ts";
import { RateMeter } from "./rate.ts";
import type { Reporter } from "./reporter.ts";
import type { Terminal } from "./terminal.ts";

const REDRAW_MS = 80;

/** A terminal that somebody watches: finished steps stay, the running one moves below them. */
export function liveReporter(terminal: Terminal, options: { verbose: boolean; now: () => number }): Reporter {
  const formatter = new EventFormatter(terminal.style, options);
  const meter = new RateMeter(options.now);
  /** Steps that run now, by id, with what is known of them. */
  const running = new Map<string, string | ProgressEvent>();
  const spinner = ora({ stream: terminal.stderr, discardStdin: false, hideCursor: true });

  let drawn = Number.NEGATIVE_INFINITY;
  const redraw = (): void => {
    const last = [...running.values()].at(-1);
    if (last === undefined) {
      spinner.stop();
      return;
    }
    const others = running.size > 1 ? ` (and ${running.size - 1} more)` : "";
    const shown =
      typeof last === "string" ? last : fitted(last.label, meter.describe(last), terminal.columns());
    spinner.text = fit(shown + others, terminal.columns() - 4);
    if (!spinner.isSpinning) spinner.start();
  };
  const print = (line: string): void => {
    spinner.clear();
    terminal.err(`${line}\n`);
  };

  const emit = (event: Event): void => {
    if (event.type === "progress") {
      running.set(event.id, event);
      meter.note(event);
      // Acknowledgements come in thousands a second, and eyes are slow.
      if (event.done !== event.total && options.now() - drawn < REDRAW_MS) return;
      drawn = options.now();
      redraw();
      return;
    }
    const line = formatter.format(event);
    if (event.type === "step") {
      running.delete(event.id);
      if (event.state === "started") running.set(event.id, event.label);
    }
    if (line !== undefined) print(line);
    redraw();
  };
  const pause = (): void => {
    spinner.stop();
  };
  return {
    emit,
    result: (_command, result) => {
      pause();
      terminal.out(result.lines.map((text) => `${text}\n`).join(""));
    },
    failure: (_command, error) => {
      pause();
      terminal.err(formatFailure(error, terminal.style));
    },
    pause,
  };
}
