import type { MountResult } from "../operations/mount/mount.ts";
import type { CommandResult } from "../result.ts";
import type { MountWords } from "./mount-efs-words.ts";

/** What `mount-efs` answers: a line a host, with what mends it where it failed, and what to type next. */
export function presentMount({ instances, exitCode }: MountResult, mode: MountWords["mode"]): CommandResult {
  const failed = instances.filter(({ state }) => state === "failed");
  const done = instances.length - failed.length;
  const verb = mode === "unmount" ? "Unmounted" : "Mounted";
  const unchanged = instances.every(isUnchanged) ? ", nothing changed" : "";
  return {
    json: {
      instances: instances.map(({ error: _error, fstab, fstabLine, ...instance }) => ({
        ...instance,
        fstab: fstabLine,
        fstabState: fstab,
      })),
    },
    lines: [
      ...instances.flatMap(({ id, host, state, message, remedy, fileSystem, next }) => [
        `${state === "failed" ? "FAILED " : ""}${id}  ${host}  ${message ?? `${state}: ${fileSystem}`}`,
        ...(remedy === undefined || remedy === "" ? [] : [`  ${remedy}`]),
        ...(next === undefined ? [] : [`  Next: ${next}`]),
      ]),
      failed.length > 0
        ? `${verb} on ${done} of ${instances.length}. When the cause is mended: bertops mount-efs${FLAGS[mode]}`
        : mode === "unmount"
          ? `Unmounted on ${instances.length} of ${instances.length}${unchanged}; the data stay. The next deployment mounts again: its hook does.`
          : `Mounted on ${instances.length} of ${instances.length}${unchanged}. Next: bertops push-model DIR`,
    ],
    exitCode,
  };
}

const FLAGS = { mount: "", check: "", unmount: " --unmount", remount: " --remount" } as const;

function isUnchanged({ state, fstab, boot }: MountResult["instances"][number]): boolean {
  return (
    (state === "already-mounted" || state === "not-mounted") &&
    fstab === "unchanged" &&
    (boot === "unchanged" || boot === "none")
  );
}
