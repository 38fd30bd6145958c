import type { Ask, Emit } from "./events.ts";

/**
 * What a command acts in: the terminal's voice, the environment and the clock. Everything heavier (AWS, SSH) is opened
 * by the operation's command through the lazily imported `aws/` and `ssh/` rooms with what stands here.
 */
export interface World {
  readonly emit: Emit;
  readonly ask: Ask;
  /** The process's environment variables. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** The directory that relative paths start from. */
  readonly cwd: string;
  /** Aborted by Ctrl-C and by `--timeout`. */
  readonly signal: AbortSignal;
  /** The version of bertops itself. */
  readonly version: string;
  readonly now: () => Date;
}
