import { EXIT, UserError } from "../errors.ts";

/** Something in the file that is not right. */
export interface Problem {
  readonly message: string;
  readonly hint?: string | undefined;
}

/** One error that names every problem. */
export function badConfig(problems: readonly Problem[]): UserError {
  const [first] = problems;
  const hints = problems.flatMap(({ hint }) => hint ?? []);
  return new UserError({
    reason: "bad-config",
    message:
      problems.length === 1
        ? (first?.message ?? "")
        : problems.map(({ message }) => message).join("\n       "),
    hint: hints.length === 0 ? "docs/configuration.md describes every setting." : hints.join(" "),
    exitCode: EXIT.usage,
  });
}
