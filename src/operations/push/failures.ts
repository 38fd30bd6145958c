import { EXIT, UserError } from "../../errors.ts";
import { denied } from "../../store/lock.ts";
import type { ManifestFile } from "../../store/manifest.ts";
import type { PushPlan } from "../../store/push-plan.ts";
import type { Survey } from "../../store/survey.ts";
import type { PushOptions } from "./push.ts";

/** Bytes that directories, the manifest and a file system's own blocks take beside the files. */
const OVERHEAD = 1024 * 1024;

/** Would the plan fit? */
export function hasSpace(plan: PushPlan, survey: Survey, options: PushOptions): boolean {
  try {
    checkSpace(plan, survey, options);
    return true;
  } catch {
    return false;
  }
}

/** Refuses before anything is sent what there is no space for, on the disk or in the person's own quota. */
export function checkSpace(plan: PushPlan, survey: Survey, options: PushOptions): void {
  const needed = plan.bytesSent + plan.bytesCopied + OVERHEAD;
  if (survey.free !== undefined && survey.free < needed)
    throw noSpace(options, `${megabytes(needed)} are needed, ${megabytes(survey.free)} are free`);
  const files = plan.builds.length;
  if (survey.freeFiles !== undefined && survey.freeFiles < files + plan.directories.length + 4)
    throw noSpace(options, `it has ${files} new files, the file system takes ${survey.freeFiles} more`);
  const { quota } = options;
  const { used } = survey;
  if (quota === undefined || used === undefined || used + needed <= quota) return;
  throw new UserError({
    reason: "over-quota",
    message: `${options.root} on ${options.host.label} holds ${megabytes(used)}; with ${megabytes(needed)} more it would be over the quota of ${megabytes(quota)}.`,
    hint: "Remove old versions, or allow more: --quota SIZE, or fileSystem.quota in bertops.yaml.",
    next: ["bertops models prune --keep 2"],
  });
}

/** A directory could not be made on the host: why, as far as the system said. */
export function refused({ host, root, model }: PushOptions, said: string): UserError {
  const why = said.trim().split("\n").at(-1) ?? "";
  if (/denied|read-only|not permitted/iu.test(why))
    return denied(host.label, `${root}/${model}`, { user: "", owner: "", refused: why });
  return new UserError({
    reason: "write-failed",
    message: `${host.label} could not make directories in ${root}/${model}: ${why === "" ? "it did not say why" : why}.`,
    hint: "When the cause is mended, run the same command again, and it continues.",
    next: ["bertops mount-efs --check"],
  });
}

/** SFTP says only "failure" for a full disk, a quota and a broken one: the host is asked what it is. */
export async function explainFailure(error: unknown, options: PushOptions): Promise<unknown> {
  const { host, root, model } = options;
  if (error instanceof UserError || !(error instanceof Error)) return error;
  const code = "code" in error ? error.code : undefined;
  if (code === 3) return denied(host.label, `${root}/${model}`);
  const probe = await host
    .run('f="$1/$2/.space.$$"; head -c 300000 /dev/zero >"$f"; c=$?; rm -f "$f"; exit "$c"', [root, model], {
      timeout: 30_000,
    })
    .catch(() => undefined);
  if (probe !== undefined && /space|quota/iu.test(probe.stderr)) return noSpace(options, probe.stderr.trim());
  if (typeof code !== "number" && probe?.code === 0) return error;
  return new UserError({
    reason: "write-failed",
    message: `${host.label} could not write to ${root}/${model}: ${probe?.stderr.trim() || error.message}`,
    hint: "What arrived is kept: when the cause is mended, run the same command again, and it continues.",
    next: ["bertops mount-efs --check"],
    cause: error,
  });
}

/** The disk is full, or the quota. */
export function noSpace(options: PushOptions, detail: string): UserError {
  return new UserError({
    reason: "no-space",
    message: `${options.root} on ${options.host.label} has no space for this model: ${detail}.`,
    hint: "Remove old versions, or raise the quota; then run the same command again, and it continues.",
    next: ["bertops models prune --keep 2"],
    exitCode: EXIT.failed,
  });
}

/** Hashes on the host are not those of the files here. */
export function notVerified(faults: readonly ManifestFile[]): UserError {
  const names = faults
    .slice(0, 3)
    .map(({ path }) => path)
    .join(", ");
  return new UserError({
    reason: "not-verified",
    message: `What arrived is not what was read: ${names}${faults.length > 3 ? `, and ${faults.length - 3} more` : ""}.`,
    hint: "If something writes these files, wait until it is done; then run the same command again. Nothing was published.",
    exitCode: EXIT.retry,
  });
}

/** `12 MB`, for messages. */
export function megabytes(bytes: number): string {
  return bytes < 1e6 ? `${Math.ceil(bytes / 1e3)} kB` : `${Math.round(bytes / 1e6)} MB`;
}
