import type { ChildProcess } from "node:child_process";

/** Makes `kill` of a child reach a whole process group, which `group` finds when it is needed. */
export function killsGroup(child: ChildProcess, group: () => number | undefined): ChildProcess {
  child.kill = (signal: NodeJS.Signals | number = "SIGTERM"): boolean => {
    const leader = group();
    if (leader === undefined || child.exitCode !== null || child.signalCode !== null) return false;
    try {
      process.kill(-leader, signal);
      return true;
    } catch {
      return false;
    }
  };
  return child;
}
