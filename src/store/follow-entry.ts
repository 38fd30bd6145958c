import type { BigIntStats } from "node:fs";
import { realpath, stat } from "node:fs/promises";
import path from "node:path";
import { EXIT, UserError } from "../errors.ts";
import type { FileStatus } from "./file-status.ts";

/** Which links of a model directory are followed. */
export interface LinkRules {
  /** The directory, as a real path. */
  readonly base: string;
  /** All of them; otherwise links to files that stay inside. */
  readonly all: boolean;
}

/** Where an entry of a directory lies. */
export interface Place {
  /** Below the model directory, with `/` between its parts. */
  readonly relative: string;
  readonly absolute: string;
}

/** An entry, and what it is or leads to. */
export interface Entry extends Place {
  readonly stats: BigIntStats;
  /** Does a link lead there? */
  readonly linked: boolean;
}

/**
 * Tells what an entry is, or what it leads to; `own` is what the file system says of the entry itself, or why it says nothing.
 * Throws what is wrong with it.
 */
export function followEntry(
  place: Place,
  own: FileStatus | undefined,
  rules: LinkRules,
): Entry | Promise<Entry> {
  if (own === undefined || own instanceof Error) throw vanished(place.relative, own);
  return own.isSymbolicLink() ? followLink(place, rules) : { ...place, stats: own, linked: false };
}

async function followLink({ relative, absolute }: Place, rules: LinkRules): Promise<Entry> {
  const target = await realpath(absolute).catch((error: unknown) => {
    throw brokenLink(relative, error);
  });
  if (!rules.all && !isAdmitted(target, rules.base))
    throw refusal(
      "link-leaves",
      `${relative} is a link that leads out of the directory, to ${target}.`,
      "--copy-links sends what such links lead to.",
    );
  const stats = await stat(target, { bigint: true });
  // A link to a directory may lead around in a circle; a real one cannot.
  if (stats.isDirectory() && !rules.all)
    throw refusal(
      "link-to-directory",
      `${relative} is a link to a directory.`,
      "--copy-links sends what such links lead to.",
    );
  return { relative, absolute, stats, linked: true };
}

/** A snapshot in Hugging Face's cache is made of links to `blobs`, two floors up: that is one model. */
function isAdmitted(target: string, base: string): boolean {
  if (target.startsWith(base + path.sep)) return true;
  const above = path.dirname(base);
  return (
    path.basename(above) === "snapshots" &&
    target.startsWith(path.join(path.dirname(above), "blobs") + path.sep)
  );
}

function brokenLink(relative: string, error: unknown): UserError {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  const hint = "Remove it, or restore what it leads to.";
  if (code === "ELOOP")
    return refusal("broken-link", `${relative} is a link that leads around in a circle.`, hint);
  if (code === "ENOENT") return refusal("broken-link", `${relative} is a link to nothing.`, hint);
  return refusal(
    "file-unreadable",
    `${relative} is a link that cannot be followed: ${error instanceof Error ? error.message : String(error)}`,
    "See the permissions on its way.",
  );
}

function vanished(relative: string, error: unknown): UserError {
  return new UserError({
    reason: "file-changed",
    message: `${relative} vanished while the directory was listed.`,
    hint: "Wait until whatever writes there is done, then run the same command again.",
    exitCode: EXIT.retry,
    cause: error,
  });
}

function refusal(reason: string, message: string, hint: string): UserError {
  return new UserError({ reason, message, hint, exitCode: EXIT.usage });
}
