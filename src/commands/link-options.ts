import { type Command, Option } from "commander";
import { EXIT, UserError } from "../errors.ts";
import type { LinkOptions } from "../store/transfer/upload.ts";
import type { Invocation } from "./act.ts";
import { countOf } from "./option-values.ts";

const GROUP = "Link options:";

/** Adds the flags of commands that move models over a link. */
export function addLinkOptions(command: Command): Command {
  return command
    .optionsGroup(GROUP)
    .option("--connections <n>", "exactly so many connections (default: as many as bring throughput)")
    .option("--bwlimit <rate>", "bytes a second over all connections: 500k, 20M");
}

/** Adds the flag of those that may pack what they send. */
export function addCompressOption(command: Command): Command {
  return command
    .optionsGroup(GROUP)
    .addOption(
      new Option(
        "--compress <when>",
        "pack blocks on the way; auto: where the link is slower than that takes",
      )
        .choices(["auto", "always", "never"])
        .default("auto"),
    );
}

/** What those flags say. */
export function linkOptions({ options }: Invocation): LinkOptions {
  const connections = countOf(options["connections"], "--connections", 1);
  const bandwidth = rateOf(options["bwlimit"]);
  const when = options["compress"];
  return {
    ...(connections === undefined ? {} : { connections }),
    ...(bandwidth === undefined ? {} : { bandwidth }),
    compression: when === "always" || when === "never" ? when : "auto",
  };
}

const UNITS: Readonly<Record<string, number>> = { "": 1, k: 1e3, m: 1e6, g: 1e9 };
const SLOWEST = 10_000;

function rateOf(value: unknown): number | undefined {
  if (typeof value !== "string") return undefined;
  const parts = /^(?<number>\d+(?:\.\d+)?)(?<unit>[kmg]?)(?:b|b\/s)?$/iu.exec(value.trim())?.groups;
  const rate = Number(parts?.["number"]) * (UNITS[parts?.["unit"]?.toLowerCase() ?? ""] ?? Number.NaN);
  if (rate >= SLOWEST) return rate;
  throw new UserError({
    reason: "usage",
    message: `--bwlimit takes bytes a second from 10k, such as 500k or 20M; not ${JSON.stringify(value)}.`,
    exitCode: EXIT.usage,
  });
}
