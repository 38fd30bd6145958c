import { EXIT, UserError } from "../../errors.ts";

/** Something of this machine could not be written: why, and what happens to what is there. */
export function writeFailure(place: string, error: unknown): unknown {
  if (!(error instanceof Error && "code" in error) || error instanceof UserError) return error;
  const full = error.code === "ENOSPC" || error.code === "EDQUOT";
  const denied = error.code === "EACCES" || error.code === "EPERM" || error.code === "EROFS";
  return new UserError({
    reason: full ? "no-space" : denied ? "directory-denied" : "write-failed",
    message: full ? `The disk of ${place} is full.` : `${place} cannot be written: ${error.message}`,
    hint: full
      ? "Make room, then run the same command again: it continues."
      : "When the cause is mended, run the same command again: it continues.",
    exitCode: denied ? EXIT.denied : EXIT.failed,
    cause: error,
  });
}
