import { parseSize } from "../config/size.ts";
import { EXIT, UserError } from "../errors.ts";

/** An option's text, where it was given. */
export function textOf(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}

/** A whole number after a flag. */
export function countOf(value: unknown, flag: string, least: number): number | undefined {
  if (value === undefined) return undefined;
  const count = Number(value);
  if (Number.isSafeInteger(count) && count >= least) return count;
  throw new UserError({
    reason: "usage",
    message: `${flag} takes a whole number from ${least}; not ${JSON.stringify(value)}.`,
    exitCode: EXIT.usage,
  });
}

/** The values of an option that can be repeated. */
export function wordsOf(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.map(String) : [];
}

/** Gathers the values of an option that can be repeated. */
export function collect(value: string, before: readonly string[] | undefined): readonly string[] {
  return [...(before ?? []), value];
}

/** A size after a flag, in bytes. */
export function sizeOf(value: unknown, flag: string): number | undefined {
  if (value === undefined) return undefined;
  const bytes = typeof value === "string" ? parseSize(value) : undefined;
  if (bytes !== undefined) return bytes;
  throw new UserError({
    reason: "usage",
    message: `${flag} takes a size such as 500GB or 2TiB; not ${JSON.stringify(value)}.`,
    exitCode: EXIT.usage,
  });
}
