import { EXIT, UserError } from "../../errors.ts";

/** How long a program on a host is listened to. */
export interface Patience {
  readonly signal: AbortSignal;
  /** Milliseconds without a sign of life. */
  readonly silence: number;
}

/** What ends the listening, or lengthens it. */
export interface Told<T> {
  readonly resolve: (value: T) => void;
  readonly reject: (error: unknown) => void;
  /** Something came, whatever it was. */
  readonly alive: () => void;
}

/**
 * Listens to a program on the host of that label until it told what is awaited. Rejects when the signal says so, and when there was
 * no sign of life for too long. `stop` is called in any case, before it settles.
 */
export function patiently<T>(
  label: string,
  { signal, silence }: Patience,
  listen: (told: Told<T>) => void,
  stop: () => void,
): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    const settle = (then: () => void): void => {
      clearTimeout(timer);
      signal.removeEventListener("abort", aborted);
      stop();
      then();
    };
    const fail = (error: unknown): void => settle(() => reject(error));
    const aborted = (): void => fail(signal.reason);
    const timer = setTimeout(() => fail(silent(label, silence)), silence);
    signal.addEventListener("abort", aborted, { once: true });
    listen({
      resolve: (value) => settle(() => resolve(value)),
      reject: fail,
      alive: () => void timer.refresh(),
    });
    if (signal.aborted) aborted();
  });
}

function silent(label: string, milliseconds: number): UserError {
  return new UserError({
    reason: "host-timeout",
    message: `The program on ${label} has not said a word for ${Math.round(milliseconds / 1000)} s.`,
    hint: "The host may be overloaded or its file system may hang; run the same command again: it continues.",
    next: ["bertops mount-efs --check"],
    exitCode: EXIT.retry,
  });
}
