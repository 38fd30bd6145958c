import { MOUNT_FAILURES, type MountFailure } from "./failures.ts";

/** The file name of the bundle's mount hook. */
export const HOOK_NAME = "10_mount_efs.sh";

/** What an event of a deployment tells of the mount hook: by its own last words, else by its exit status. */
export function hookFailure(said: string): MountFailure | undefined {
  const word = /failed \((?<reason>[a-z-]+), exit code \d+\)/u.exec(said)?.groups?.["reason"];
  if (word !== undefined) return MOUNT_FAILURES.find(({ reason }) => reason === word);
  const name = HOOK_NAME.replaceAll(".", String.raw`\.`);
  const status = new RegExp(`${name}\\b[^]*?exit status (?<code>\\d+)`, "u").exec(said)?.groups?.["code"];
  return MOUNT_FAILURES.find(({ code }) => String(code) === status);
}
