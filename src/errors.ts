/** The exit codes that scripts rely on. */
export const EXIT = {
  done: 0,
  failed: 1,
  usage: 2,
  cancelled: 3,
  denied: 4,
  retry: 5,
  fault: 6,
  interrupted: 130,
} as const;
export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

export interface UserErrorOptions {
  /** A stable word for scripts, in kebab case: `lock-held`, `no-credentials`. */
  reason: string;
  /** One sentence: what happened, and why. */
  message: string;
  /** One sentence: what the reader can do about it. */
  hint?: string;
  /** Commands to type next, most useful first. */
  next?: readonly string[];
  exitCode?: ExitCode;
  cause?: unknown;
}

/** An error that is meant for the person at the terminal; anything else that is thrown is a bug in bertops. */
export class UserError extends Error {
  override readonly name = "UserError";
  readonly reason: string;
  readonly hint: string | undefined;
  readonly next: readonly string[];
  readonly exitCode: ExitCode;

  constructor(options: UserErrorOptions) {
    super(options.message, options.cause === undefined ? undefined : { cause: options.cause });
    this.reason = options.reason;
    this.hint = options.hint;
    this.next = options.next ?? [];
    this.exitCode = options.exitCode ?? EXIT.failed;
  }

  /** The same error with other commands to type next. */
  withNext(next: readonly string[]): UserError {
    const { reason, message, hint, exitCode, cause } = this;
    return new UserError({ reason, message, ...(hint === undefined ? {} : { hint }), next, exitCode, cause });
  }
}
