import { EXIT, UserError } from "../errors.ts";

/** Replaces ssh's tokens (`%h`, `%p`); throws a UserError for one that is not known here. */
export function expandTokens(text: string, tokens: Readonly<Record<string, string>>): string {
  return text.replaceAll(/%(?<token>.)/gu, (whole, token: string) => {
    const value = tokens[token];
    if (value !== undefined) return value;
    throw new UserError({
      reason: "ssh-config",
      message: `ssh's configuration uses ${whole} in ${JSON.stringify(text)}, which bertops does not know.`,
      hint: `It knows ${Object.keys(tokens)
        .map((known) => `%${known}`)
        .join(", ")} there.`,
      exitCode: EXIT.usage,
    });
  });
}
