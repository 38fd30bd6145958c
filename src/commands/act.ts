import type { Command } from "commander";
import type { ExitCode } from "../errors.ts";
import type { World } from "../world.ts";

/** What a command hands back: the object that `--json` prints, and the lines a person reads instead. */
export interface CommandResult {
  /** Fields of the JSON object; `ok` and `command` are added by the reporter. */
  readonly json: Readonly<Record<string, unknown>>;
  /** What stdout shows without `--json`, one entry a line. */
  readonly lines: readonly string[];
  /** 0 unless said otherwise; `ok` is true exactly when it is 0. */
  readonly exitCode?: ExitCode;
}

/** Flags that every command takes, parsed and checked. */
export interface GlobalOptions {
  readonly config?: string;
  readonly env?: string;
  readonly region?: string;
  readonly profile?: string;
  readonly json: boolean;
  readonly yes: boolean;
  readonly dryRun: boolean;
  /** Milliseconds. */
  readonly timeout?: number;
  readonly verbose: boolean;
}

/** One call of a command: its own arguments and flags, the common flags, and the world it acts in. */
export interface Invocation {
  readonly args: readonly string[];
  /** The command's own flags by their camel-case names, as commander parsed them. */
  readonly options: Readonly<Record<string, unknown>>;
  readonly global: GlobalOptions;
  readonly world: World;
}

export type Handler = (invocation: Invocation) => Promise<CommandResult>;

/** Ties a handler to a commander command, adding the flags that every command has. */
export type Act = (command: Command, handler: Handler, traits?: CommandTraits) => void;

export interface CommandTraits {
  /** The command changes something: it takes `--dry-run` and `--yes`. */
  readonly changes?: boolean;
}
