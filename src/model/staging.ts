import { randomBytes } from "node:crypto";
import { mkdir, readdir, rename, rm, rmdir } from "node:fs/promises";
import path from "node:path";
import { EXIT, UserError } from "../errors.ts";
import { readJsonObject } from "./config-file.ts";
import { listDirectory } from "./directory-listing.ts";
import { lookForPrepared } from "./prepared/look-for-prepared.ts";
import { PREPARED, preparedFiles } from "./prepared/settings.ts";

/**
 * Lets `write` fill a directory beside `output` and renames it to `output` when it is complete: nobody ever sees half a
 * model there, and a failure leaves nothing behind. An earlier prepared model at `output` is replaced.
 */
export async function inStaging(output: string, write: (directory: string) => Promise<void>): Promise<void> {
  await checkOutput(output);
  const parent = path.dirname(output);
  const mark = `.${path.basename(output)}.${randomBytes(4).toString("hex")}`;
  const staging = path.join(parent, `${mark}.new`);
  let made: string | undefined;
  try {
    made = await mkdir(parent, { recursive: true });
    await mkdir(staging);
    await write(staging);
    await replace(output, staging, path.join(parent, `${mark}.old`));
  } catch (error) {
    await rm(staging, { recursive: true, force: true });
    if (made !== undefined) await removeEmpty(parent, made);
    throw unwritable(output, error);
  }
}

/** Removes the directories from `lowest` up to `highest` as far as they are empty. */
async function removeEmpty(lowest: string, highest: string): Promise<void> {
  for (let at = lowest; at.startsWith(highest); at = path.dirname(at)) {
    const removed = await rmdir(at).then(
      () => true,
      () => false,
    );
    if (!removed) return;
  }
}

/** Throws UserError unless `output` is free: absent, empty, or a model that bertops prepared. */
export async function checkOutput(output: string): Promise<void> {
  let names: string[];
  try {
    names = await readdir(output);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return;
    throw unwritable(output, error);
  }
  if (names.length === 0) return;
  const finding = await lookForPrepared(await listDirectory(output));
  // Only what bertops itself would write again may go: a file of the user's beside it must not.
  if (finding !== undefined) {
    const known = new Set(preparedFiles(await readJsonObject(path.join(output, PREPARED.settings))));
    if (names.every((name) => known.has(name))) return;
  }
  throw new UserError({
    reason: "output-not-empty",
    message: `${output} is not empty, and not just a model that bertops prepared.`,
    hint: "Name a directory that does not exist yet, or empty this one.",
    exitCode: EXIT.usage,
  });
}

async function replace(output: string, staging: string, aside: string): Promise<void> {
  const moved = await rename(output, aside).then(
    () => true,
    (error: NodeJS.ErrnoException) => {
      if (error.code === "ENOENT") return false;
      throw error;
    },
  );
  try {
    await rename(staging, output);
  } catch (error) {
    if (moved) await rename(aside, output);
    throw error;
  }
  if (moved) await rm(aside, { recursive: true, force: true });
}

function unwritable(output: string, error: unknown): unknown {
  const code = (error as NodeJS.ErrnoException).code;
  const reasons: Readonly<Record<string, string>> = {
    ENOSPC: "the disk is full",
    EDQUOT: "your quota is used up",
    EACCES: "you are not allowed to",
    EPERM: "you are not allowed to",
    EROFS: "the file system is read-only",
    ENOTDIR: "it, or a part of its path, is a file",
    EEXIST: "a part of its path is a file",
  };
  const reason = code === undefined ? undefined : reasons[code];
  if (error instanceof UserError || reason === undefined) return error;
  return new UserError({
    reason: code === "ENOSPC" || code === "EDQUOT" ? "disk-full" : "unwritable",
    message: `Cannot write ${output}: ${reason}.`,
    hint: "Name another place to write to.",
    cause: error,
  });
}
