import type { Event, FileEvent, StepEvent } from "../events.ts";
import { formatFailure } from "./failure.ts";
import { RateMeter } from "./rate.ts";
import type { Reporter } from "./reporter.ts";
import type { Style, Terminal } from "./terminal.ts";
import { formatBytes, formatDuration } from "./units.ts";

/** How often a log that nobody watches hears of a long step. */
const PROGRESS_EVERY_MS = 5000;

/** Lines for a log: one when a step ends, progress now and then, nothing is redrawn. */
export function plainReporter(
  terminal: Terminal,
  options: { verbose: boolean; now: () => number },
): Reporter {
  const formatter = new EventFormatter(terminal.style, options);
  const meter = new RateMeter(options.now);
  const lastProgress = new Map<string, number>();

  const emit = (event: Event): void => {
    if (event.type === "progress") {
      meter.note(event);
      const last = lastProgress.get(event.id) ?? options.now();
      if (!lastProgress.has(event.id)) lastProgress.set(event.id, last);
      if (options.now() - last < PROGRESS_EVERY_MS) return;
      lastProgress.set(event.id, options.now());
      terminal.err(`  ${event.label}: ${meter.describe(event)}\n`);
      return;
    }
    const line = formatter.format(event);
    if (line !== undefined) terminal.err(`${line}\n`);
  };

  return {
    emit,
    result: (_command, result) => terminal.out(result.lines.map((line) => `${line}\n`).join("")),
    failure: (_command, error) => terminal.err(formatFailure(error, terminal.style)),
    pause: () => {},
  };
}

/** `vocab.txt: 232 kB sent`, control characters never reach the terminal, since no such name is pushed. */
function describeFile({ path, bytes, bytesToSend, how }: FileEvent): string {
  if (how === "linked" || how === "kept") return `${path}: ${formatBytes(bytes)} on the host already`;
  const reused = bytes - bytesToSend;
  return `${path}: ${formatBytes(bytesToSend)} to send${reused > 0 ? `, ${formatBytes(reused)} on the host already` : ""}`;
}

/** Turns events into lines; used by the live reporter for all that stays on the screen. */
export class EventFormatter {
  readonly #style: (style: Style, text: string) => string;
  readonly #verbose: boolean;
  readonly #now: () => number;
  readonly #started = new Map<string, number>();

  constructor(
    style: (style: Style, text: string) => string,
    options: { verbose: boolean; now: () => number },
  ) {
    this.#style = style;
    this.#verbose = options.verbose;
    this.#now = options.now;
  }

  /** The line that an event leaves behind, or nothing. */
  format(event: Exclude<Event, { type: "progress" }>): string | undefined {
    switch (event.type) {
      case "step":
        return this.#step(event);
      case "note":
        return `  ${event.message}`;
      case "warning":
        return `${this.#style("yellow", "!")} ${event.message}${event.hint === undefined ? "" : `\n  ${event.hint}`}`;
      case "file":
        return this.#verbose ? this.#style("dim", `  ${describeFile(event)}`) : undefined;
      case "detail":
        return this.#verbose ? this.#style("dim", `  ${event.message}`) : undefined;
      case "environment-event": {
        const time = event.at.toISOString().slice(11, 19);
        return this.#style("dim", `  ${time} ${event.severity.toLowerCase()}: ${event.message}`);
      }
    }
  }

  #step(event: StepEvent): string | undefined {
    const detail = event.detail === undefined ? "" : this.#style("dim", `  ${event.detail}`);
    switch (event.state) {
      case "started":
        this.#started.set(event.id, this.#now());
        return undefined;
      case "done": {
        const started = this.#started.get(event.id);
        const took = started === undefined ? 0 : this.#now() - started;
        const time = took >= 1000 ? this.#style("dim", `  (${formatDuration(took)})`) : "";
        return `${this.#style("green", "✔")} ${event.label}${detail}${time}`;
      }
      case "unchanged":
        return `${this.#style("dim", "=")} ${event.label}${detail}`;
      case "failed":
        return `${this.#style("red", "✖")} ${event.label}${detail}`;
    }
  }
}
