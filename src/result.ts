import type { ExitCode } from "./errors.ts";

/** What a command hands back: the object that `--json` prints, and the lines that a person reads instead. */
export interface CommandResult {
  /** Fields of the JSON object; `ok` and `command` are added by the reporter. */
  readonly json: Readonly<Record<string, unknown>>;
  /** What stdout shows without `--json`, one entry a line. */
  readonly lines: readonly string[];
  /** 0 unless said otherwise; `ok` is true exactly when it is 0. */
  readonly exitCode?: ExitCode;
}
