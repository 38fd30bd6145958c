import type { BigIntStats } from "node:fs";
import { realpath, stat } from "node:fs/promises";
import path from "node:path";
import { EXIT, UserError } from "../errors.ts";

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

/** What a link of a model directory leads to. Rejects with what is wrong with it. */
export async function followLink({ relative, absolute }: Place, rules: LinkRules): Promise<BigIntStats> {
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
  return stats;
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

function refusal(reason: string, message: string, hint: string): UserError {
  return new UserError({ reason, message, hint, exitCode: EXIT.usage });
}
