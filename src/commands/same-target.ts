import { EXIT, type UserError } from "../errors.ts";
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
  const flags = flagsOf(target);
  if (flags.length === 0) return result;
  return {
    ...result,
    json: forTargetBelow(result.json, flags, false) as CommandResult["json"],
    lines: result.lines.map((line) =>
      line.replace(/(?<=\b(?:Next|mended): .*?)bertops (?:(?!,| && | or ).)+/gu, (command) =>
        forTarget(command, flags),
      ),
    ),
  };
}

/** The same for an error's next commands, unless the command line itself was wrong: then those flags may be what was. */
export function errorForTarget(error: UserError, target: Target): UserError {
  const flags = flagsOf(target);
  if (flags.length === 0 || error.exitCode === EXIT.usage) return error;
  return error.withNext(error.next.map((command) => forTarget(command, flags)));
}

/** Names and values of those that were typed. */
type Flags = readonly (readonly [string, string])[];

function flagsOf({ config, env, region, profile }: Target): Flags {
  return Object.entries({ config, env, region, profile }).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, value] as const],
  );
}

/** `cd demo && bertops plan`, with the flags that it lacks. */
function forTarget(command: string, flags: Flags): string {
  const parts = command.split(" && ");
  const elsewhere = command.startsWith("cd ");
  return parts
    .map((part) => {
      if (!part.startsWith("bertops ")) return part;
      const lacking = flags.filter(
        // A file is named from the directory in which the command is typed.
        ([name]) => !part.includes(` --${name}`) && !(elsewhere && name === "config"),
      );
      return [part, ...lacking.map(([name, value]) => `--${name} ${shellWord(value)}`)].join(" ");
    })
    .join(" && ");
}

/** A value of the JSON object; `isNext` where it stands under `next`. */
function forTargetBelow(value: unknown, flags: Flags, isNext: boolean): unknown {
  if (typeof value === "string") return isNext ? forTarget(value, flags) : value;
  if (Array.isArray(value)) return value.map((item) => forTargetBelow(item, flags, isNext));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => [name, forTargetBelow(inner, flags, name === "next")]),
  );
}
