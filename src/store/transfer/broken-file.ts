import { EXIT, UserError } from "../../errors.ts";

/** A file of a version is not what its manifest says, or cannot be read; `said` is what the host says to that. */
export function brokenFile(path: string, said = ""): UserError {
  const [code = "", ...words] = said.split(" ");
  if (code === "EACCES" || code === "EPERM")
    return new UserError({
      reason: "store-denied",
      message: `${path} in the store may not be read by this user.`,
      hint: "See its owner and its mode on the host.",
      next: ["bertops models verify"],
      exitCode: EXIT.denied,
    });
  const state =
    said === ""
      ? "is not what its manifest says"
      : code === "ENOENT"
        ? "is gone"
        : `cannot be read: ${words.join(" ")}`;
  return new UserError({
    reason: "version-damaged",
    message: `${path} in the store ${state}.`,
    hint: "Push the model again, or use another version.",
    next: ["bertops models verify"],
  });
}
