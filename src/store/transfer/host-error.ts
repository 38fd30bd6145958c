import { EXIT, UserError } from "../../errors.ts";
import { lockBroken } from "../lock.ts";

/** What a program on a host met, as it says it: `ENOSPC No space left on device`. */
export function hostError(label: string, said: string): UserError {
  const [code = "", ...words] = said.split(" ");
  const text = words.join(" ");
  if (code === "ECANCELED") return lockBroken("this model");
  const full = code === "ENOSPC" || code === "EDQUOT";
  const denied = code === "EACCES" || code === "EPERM" || code === "EROFS";
  return new UserError({
    reason: full ? "no-space" : denied ? "store-denied" : "write-failed",
    message: `${label} could not write: ${text}.`,
    hint: full
      ? "Remove old versions, or raise the quota; then run the same command again, and it continues."
      : "When the cause is mended, run the same command again, and it continues.",
    next: [full ? "bertops models prune --keep 2" : "bertops mount-efs --check"],
    exitCode: denied ? EXIT.denied : EXIT.failed,
  });
}
