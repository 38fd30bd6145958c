import type { Command } from "commander";
import type { CommandResult } from "../result.ts";
import type { World } from "../world.ts";

export type { CommandResult } from "../result.ts";

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
  /** Tell what happens as JSON lines on stderr. */
  readonly events: boolean;
  /** Tell nothing of what goes on. */
  readonly quiet: boolean;
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
