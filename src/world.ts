import { setMaxListeners } from "node:events";
import { EXIT, UserError } from "./errors.ts";
import type { Ask, Emit } from "./events.ts";
import { openAsk } from "./report/ask.ts";
import type { Reporter } from "./report/reporter.ts";
import type { Terminal } from "./report/terminal.ts";
import { formatDuration } from "./report/units.ts";

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
  /** Aborted by Ctrl-C and by `--timeout`; its reason is the UserError to end with. */
  readonly signal: AbortSignal;
  /** The version of bertops itself. */
  readonly version: string;
  readonly now: () => Date;
  /** Has this done when the command ends, however it ends; the last one first. It must not reject and must bound its own time. */
  readonly atEnd: (work: () => Promise<void>) => void;
}

export interface WorldSetting {
  readonly terminal: Terminal;
  readonly reporter: Reporter;
  /** `--yes`, and `--timeout` in milliseconds. */
  readonly global: { readonly yes: boolean; readonly timeout?: number };
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  readonly version: string;
}

/** Ctrl-C, a polite kill, and the terminal's window being closed. */
const STOPPING = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/** Runs `body` in a world whose signal follows Ctrl-C and `--timeout`; a second Ctrl-C ends the process at once. */
export async function runInWorld<T>(setting: WorldSetting, body: (world: World) => Promise<T>): Promise<T> {
  const stop = new AbortController();
  // Each call to AWS listens while it is under way, and a slow link has many of them under way at once.
  setMaxListeners(0, stop.signal);
  const onSignal = (): void => {
    if (stop.signal.aborted) process.exit(EXIT.interrupted);
    setting.reporter.pause();
    stop.abort(interrupted());
  };
  for (const name of STOPPING) process.on(name, onSignal);
  const ends: (() => Promise<void>)[] = [];
  const { timeout } = setting.global;
  const timer = timeout === undefined ? undefined : setTimeout(() => stop.abort(timedOut(timeout)), timeout);
  try {
    return await body({
      emit: setting.reporter.emit,
      ask: openAsk(setting.terminal, {
        yes: setting.global.yes,
        signal: stop.signal,
        pause: setting.reporter.pause,
      }),
      environment: setting.environment,
      cwd: setting.cwd,
      signal: stop.signal,
      version: setting.version,
      now: () => new Date(),
      atEnd: (work) => void ends.unshift(work),
    });
  } catch (error) {
    // What an aborted call throws says less than why it was aborted, unless the operation said it better.
    if (stop.signal.aborted && !(error instanceof UserError)) throw stop.signal.reason;
    throw error;
  } finally {
    for (const work of ends) await work();
    clearTimeout(timer);
    for (const name of STOPPING) process.off(name, onSignal);
  }
}

function interrupted(): UserError {
  return new UserError({
    reason: "interrupted",
    message: "Interrupted.",
    hint: "What was finished stays; the same command continues from there.",
    exitCode: EXIT.interrupted,
  });
}

function timedOut(timeout: number): UserError {
  return new UserError({
    reason: "timeout",
    message: `Not finished within ${formatDuration(timeout)}, as --timeout says.`,
    hint: "What was finished stays; the same command continues from there.",
    exitCode: EXIT.retry,
  });
}
