import { EXIT, type ExitCode, UserError } from "../../errors.ts";
import type { HostAccess } from "../hosts/host-access.ts";
import { sideBySide } from "../hosts/side-by-side.ts";
import { mountHost, type MountedHost, type MountHostOptions } from "./mount-host.ts";

export interface MountResult {
  readonly instances: readonly MountedHost[];
  readonly exitCode: ExitCode;
}

/** Mounts on all hosts at once. A host that fails does not keep the others from being mounted. */
export async function mountAll(
  hosts: readonly HostAccess[],
  options: MountHostOptions & {
    /** Milliseconds after which the last few are told of; default 10,000. */
    readonly slowAfter?: number;
  },
): Promise<MountResult> {
  if (hosts.length === 0)
    throw new UserError({
      reason: "no-instances",
      message: "There is no instance to mount on.",
      hint: "Wait until the environment has one, then run the same command again.",
      next: ["bertops status"],
      exitCode: EXIT.retry,
    });
  const instances = await sideBySide(hosts, (host) => mountHost(host, options), {
    ...(options.slowAfter === undefined ? {} : { patience: options.slowAfter }),
    onSlow: (slow) =>
      options.emit({
        type: "note",
        message: `Still at work: ${slow.map(({ id }) => id).join(", ")}. The others are done.`,
      }),
  });
  const failures = instances.filter(({ state }) => state === "failed");
  // Where no host could even be logged in to, the reason is the command's own, with its own exit code.
  const [first] = failures;
  if (failures.length === instances.length && failures.every(({ error }) => error !== undefined))
    if (first?.error !== undefined) throw first.error;
  if (failures.length === 0) return { instances, exitCode: EXIT.done };
  return { instances, exitCode: options.parameters.mode === "check" ? EXIT.fault : EXIT.failed };
}
