import { EXIT, UserError } from "../errors.ts";

const UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 };

/** `90`, `90s`, `20m`, `1h` or `500ms` as milliseconds; a bare number counts seconds. */
export function parseDuration(text: string, flag: string): number {
  const match = /^(\d+(?:\.\d+)?)(ms|s|m|h)?$/.exec(text);
  const ms = match === null ? Number.NaN : Number(match[1]) * UNITS[match[2] ?? "s"]!;
  if (!(ms > 0) || ms > 2_147_483_647)
    throw new UserError({
      reason: "bad-duration",
      message: `${flag} takes a duration such as 90s, 20m or 1h; ${JSON.stringify(text)} is none.`,
      exitCode: EXIT.usage,
    });
  return ms;
}
