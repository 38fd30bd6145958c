import { UserError } from "../../errors.ts";

/** Runs `act`; when it is stopped by Ctrl-C or `--timeout`, says what goes on in AWS without us and how to continue. */
export async function interruptible<Value>(
  signal: AbortSignal,
  told: { readonly goesOn: string; readonly next: readonly string[] },
  act: () => Promise<Value>,
): Promise<Value> {
  try {
    return await act();
  } catch (error) {
    if (!signal.aborted || (error instanceof UserError && error !== signal.reason)) throw error;
    const reason: unknown = signal.reason;
    if (!(reason instanceof UserError)) throw reason;
    throw new UserError({
      reason: reason.reason,
      message: `${reason.message} ${told.goesOn}`,
      hint: "What was finished stays; the same command continues from there.",
      next: told.next,
      exitCode: reason.exitCode,
      cause: error,
    });
  }
}
