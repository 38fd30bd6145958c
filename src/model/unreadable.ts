import { EXIT, UserError } from "../errors.ts";

/** The error for a file or directory that the system does not let us read, in words. */
export function unreadable(path: string, error: unknown): UserError {
  if (error instanceof UserError) return error;
  const code = (error as NodeJS.ErrnoException).code ?? "";
  const reasons: Readonly<Record<string, string>> = {
    ENOENT: "it does not exist",
    ENOTDIR: "a part of its path is not a directory",
    EACCES: "you are not allowed to",
    EPERM: "you are not allowed to",
    ELOOP: "its symbolic links go in a circle",
    EISDIR: "it is a directory",
  };
  const reason = reasons[code] ?? (error instanceof Error ? error.message : String(error));
  return new UserError({
    reason: code === "ENOENT" ? "not-found" : "unreadable",
    message: `Cannot read ${path}: ${reason}.`,
    exitCode: EXIT.usage,
    cause: error,
  });
}
