import { UserError } from "../errors.ts";

/** Why the operating system would not, by its code; other codes are bugs of ours. */
const REASONS: Readonly<Record<string, string>> = {
  EACCES: "you are not allowed to",
  EDQUOT: "your disk quota is used up",
  EISDIR: "it is a directory",
  EMFILE: "too many files are open",
  ENAMETOOLONG: "the name is too long",
  ENOSPC: "the disk is full",
  ENOTDIR: "a part of its path is no directory",
  EPERM: "you are not allowed to",
  EROFS: "the file system is read-only",
};

/** What a file or directory of this machine refused, as something that can be told; undefined for all else. */
export function systemError(error: unknown): UserError | undefined {
  if (!(error instanceof Error) || !("code" in error) || !("syscall" in error)) return undefined;
  const why = REASONS[String(error.code)];
  if (why === undefined) return undefined;
  const place = "path" in error ? String(error.path) : "a file";
  return new UserError({
    reason: "local-files",
    message: `${place} cannot be used (${String(error.syscall)}): ${why}.`,
    hint: "Mend that, or name another place, and run the same command again.",
    cause: error,
  });
}
