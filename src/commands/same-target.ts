import { EXIT, UserError } from "../errors.ts";
import type { CommandResult } from "../result.ts";
import { shellWord } from "../ssh/quote.ts";
import type { GlobalOptions } from "./act.ts";

type Target = Pick<GlobalOptions, "config" | "env" | "region" | "profile">;

/**
 * A result whose next commands go to the same environment, region and account as the one that was typed, since the file
 * need not say the same. Next commands are what follows `Next:` or `When the cause is mended:` in a line, and what stands under `next` in
 * the JSON object.
 */
export function resultForTarget(result: CommandResult, target: Target): CommandResult {
  return {
    ...result,
    json: commandsUnderNext(result.json, target) as CommandResult["json"],
    lines: result.lines.map((line) =>
      line.replace(/(?<=\b(?:Next|mended): .*?)bertops (?:(?!,| && | or ).)+/gu, (command) =>
        forTarget(command, target),
      ),
    ),
  };
}

/** The same for an error's next commands, unless the command line itself was wrong: then those flags may be what was. */
export function errorForTarget(error: UserError, target: Target): UserError {
  if (error.exitCode === EXIT.usage) return error;
  const next = error.next.map((command) => forTarget(command, target));
  if (next.every((command, at) => command === error.next[at])) return error;
  const { reason, message, hint, exitCode, cause } = error;
  return new UserError({ reason, message, ...(hint === undefined ? {} : { hint }), next, exitCode, cause });
}

/** `cd demo && bertops plan`, with the flags that it lacks. */
function forTarget(command: string, target: Target): string {
  const parts = command.split(" && ");
  // A file is named from the directory in which the command is typed.
  const { config, env, region, profile } = target;
  const flags = Object.entries({ ...(parts[0]!.startsWith("cd ") ? {} : { config }), env, region, profile });
  return parts
    .map((part) => {
      if (!part.startsWith("bertops ")) return part;
      const lacking = flags.filter(([name]) => !part.includes(` --${name}`));
      return [
        part,
        ...lacking.flatMap(([name, value]) => (value === undefined ? [] : [`--${name} ${shellWord(value)}`])),
      ].join(" ");
    })
    .join(" && ");
}

function commandsUnderNext(value: unknown, target: Target): unknown {
  if (Array.isArray(value)) return value.map((item) => commandsUnderNext(item, target));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => [
      name,
      name === "next" ? commands(inner, target) : commandsUnderNext(inner, target),
    ]),
  );
}

function commands(next: unknown, target: Target): unknown {
  if (Array.isArray(next)) return next.map((command) => commands(command, target));
  return typeof next === "string" ? forTarget(next, target) : next;
}
