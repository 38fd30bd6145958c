import { EXIT } from "../errors.ts";
import { failureObject } from "./failure.ts";
import { plainReporter } from "./plain.ts";
import type { Reporter } from "./reporter.ts";
import type { Terminal } from "./terminal.ts";

/** Exactly one object on stdout, whatever happens; what goes on meanwhile is told on stderr. */
export function jsonReporter(terminal: Terminal, options: { verbose: boolean; now: () => number }): Reporter {
  const progress = plainReporter(terminal, options);
  const print = (value: unknown): void => terminal.out(`${JSON.stringify(value)}\n`);
  return {
    emit: progress.emit,
    result: (command, result) =>
      print({ ok: (result.exitCode ?? EXIT.done) === EXIT.done, command, ...result.json }),
    failure: (command, error) => print(failureObject(command, error)),
    pause: () => {},
  };
}
