import type { FileSystems, MountTarget } from "../../aws/file-systems.ts";
import { EXIT, UserError } from "../../errors.ts";
import type { Emit } from "../../events.ts";
import { pause } from "../pace.ts";

export interface MountTargetWait {
  readonly fileSystem: string;
  /** Milliseconds. */
  readonly wait: number;
  readonly pause: number;
  readonly emit: Emit;
  readonly signal: AbortSignal;
}

/** Waits until every mount target is available, by looking. Mounting before is the field's most reported failure. */
export async function waitForMountTargets(
  ports: Pick<FileSystems, "mountTargets">,
  options: MountTargetWait,
): Promise<readonly MountTarget[]> {
  const deadline = Date.now() + options.wait;
  for (let told = false; ; told = true) {
    const targets = await ports.mountTargets(options.fileSystem);
    const pending = targets.filter(({ state }) => state !== "available");
    if (targets.length > 0 && pending.length === 0) return targets;
    if (targets.length === 0 && told)
      throw new UserError({
        reason: "no-mount-target",
        message: `The file system ${options.fileSystem} has no mount target, so no instance can reach it.`,
        hint: "bertops init creates one in each zone of the environment.",
        next: ["bertops init"],
      });
    if (Date.now() >= deadline)
      throw new UserError({
        reason: "mount-targets-pending",
        message: `Mount targets of ${options.fileSystem} are not available yet: ${pending.map(({ availabilityZone, state }) => `${availabilityZone} ${state}`).join(", ")}.`,
        hint: "Wait a minute and run the same command again.",
        exitCode: EXIT.retry,
      });
    if (!told) options.emit({ type: "note", message: "Waiting for the mount targets." });
    await pause(options.pause, options.signal);
  }
}
