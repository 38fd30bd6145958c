import { statfs } from "node:fs/promises";
import { EXIT, UserError } from "../../errors.ts";
import type { Destination } from "../../store/destination/destination.ts";
import type { PullPlan } from "../../store/pull-plan.ts";
import { megabytes } from "../push/failures.ts";

/** Bytes that directories, the manifest and a file system's own blocks take beside the files. */
const OVERHEAD = 1024 * 1024;
/** Names that a message has room for. */
const NAMED = 5;

/** A directory that holds something else than what was fetched into it. */
export function notEmpty({ directory }: Destination): UserError {
  return new UserError({
    reason: "directory-not-empty",
    message: `${directory} is not empty, and what is in it was not fetched as a version of this model.`,
    hint: "Name a directory that does not exist yet. --force fetches into this one: what is there already is used, files in the way are replaced, others are left alone.",
    exitCode: EXIT.usage,
  });
}

/** Refuses to replace what somebody changed or put there. */
export function checkConflicts({ conflicts }: PullPlan, { directory }: Destination): void {
  if (conflicts.length === 0) return;
  const names = conflicts.slice(0, NAMED).join(", ");
  const more = conflicts.length > NAMED ? `, and ${conflicts.length - NAMED} more` : "";
  throw new UserError({
    reason: "local-changes",
    message: `${directory} holds what was not fetched, or was changed since: ${names}${more}.`,
    hint: "Nothing was changed. Move it away to keep it, or fetch into another directory; --force replaces it.",
    exitCode: EXIT.usage,
  });
}

/** Refuses before anything is fetched what the disk has no space for. */
export async function checkLocalSpace({ bytesNeeded }: PullPlan, staging: string): Promise<void> {
  const { bavail, bsize } = await statfs(staging);
  const free = bavail * bsize;
  if (bytesNeeded === 0 || free >= bytesNeeded + OVERHEAD) return;
  throw new UserError({
    reason: "no-space",
    message: `The disk of ${staging} has no space for it: ${megabytes(bytesNeeded + OVERHEAD)} are needed, ${megabytes(free)} are free.`,
    hint: "Make room, or name a directory on another disk; then run the same command again.",
  });
}

/** Why a fetch was stopped, completed by what has arrived and stays. */
export function explainStop(reason: unknown, done: number, total: number): unknown {
  if (!(reason instanceof UserError) || total === 0) return reason;
  return new UserError({
    reason: reason.reason,
    message: `${reason.message.replace(/\.$/u, "")}: ${megabytes(done)} of ${megabytes(total)} have arrived and are kept.`,
    hint: "Run the same command again: it goes on from there.",
    exitCode: reason.exitCode,
    cause: reason,
  });
}
