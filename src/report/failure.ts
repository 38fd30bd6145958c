import type { UserError } from "../errors.ts";
import type { Style } from "./terminal.ts";

/** How an error reads: what happened, what to do, the next commands. */
export function formatFailure(error: UserError, style: (style: Style, text: string) => string): string {
  const lines = [`${style("red", "error:")} ${error.message}`];
  if (error.hint !== undefined) lines.push(`${style("cyan", "hint:")}  ${error.hint}`);
  for (const [index, command] of error.next.entries())
    lines.push(`${index === 0 ? style("cyan", "next:") : "     "}  ${command}`);
  return `${lines.join("\n")}\n`;
}

/** The same as a value for scripts. */
export function failureObject(command: string, error: UserError): Record<string, unknown> {
  return {
    ok: false,
    command,
    error: {
      reason: error.reason,
      message: error.message,
      ...(error.hint === undefined ? {} : { hint: error.hint }),
      next: error.next,
      exitCode: error.exitCode,
    },
  };
}
