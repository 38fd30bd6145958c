import type { Inside } from "./inside.ts";

/** A program that somebody runs inside an instance and that the sandbox answers for. */
export interface Call {
  /** What it was called as: `mount`, `dnf`. */
  readonly program: string;
  /** Its arguments; paths among them as the instance names them. */
  readonly words: readonly string[];
  readonly user: string;
  /** The working directory, as the instance names it. */
  readonly directory: string;
}

/** How an answer is told while it is being made. */
export interface Voice {
  out(line: string): void;
  err(line: string): void;
  /** Aborted when the caller is found to have gone away: `timeout 5 mount …`. */
  readonly gone: AbortSignal;
  /** Is the caller still there at this moment? */
  listening(): boolean;
}

/** An exit code, or the real program of this machine that shall answer instead. */
export type Answer = number | { readonly run: string };

/** One program of an instance. */
export type Program = (call: Call, inside: Inside, voice: Voice) => Answer | Promise<Answer>;

/** Says one line on stderr and fails. */
export function fail(voice: Voice, line: string, code = 1): number {
  voice.err(line);
  return code;
}
