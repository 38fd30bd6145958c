import { readFileSync, readlinkSync } from "node:fs";

/** What tells this process from every other one that a lock may name; fields are absent where the system has none. */
export interface ProcessMark {
  readonly pid: number;
  /** When the process began, in the kernel's clock ticks since it booted: a number given twice is told from the first. */
  readonly began?: string;
  /** The kernel's run, which ends with a reboot. */
  readonly boot?: string;
  /** The space in which the number means anything: containers have their own. */
  readonly space?: string;
  /** The installation, which a reboot does not change. */
  readonly machineId?: string;
}

/** The mark of a process of this machine; this one's unless told otherwise. */
export function markOf(pid: number = process.pid): ProcessMark {
  const began = read(`/proc/${pid}/stat`)?.split(") ").at(-1)?.split(" ")[19];
  const boot = read("/proc/sys/kernel/random/boot_id");
  const space = attempt(() => readlinkSync("/proc/self/ns/pid"));
  const machineId = read("/etc/machine-id");
  return {
    pid,
    ...(began === undefined ? {} : { began }),
    ...(boot === undefined ? {} : { boot }),
    ...(space === undefined ? {} : { space }),
    ...(machineId === undefined ? {} : { machineId }),
  };
}

/**
 * Is it certain that a process of a machine of the same name is no more? `silent` says that it has not shown itself for long,
 * without which a reboot is not believed: machines made from one image may share their id.
 */
export function isGone(other: ProcessMark, silent: boolean): boolean {
  const own = markOf();
  if (other.boot === undefined || own.boot === undefined)
    return other.boot === own.boot && !isAlive(other.pid);
  if (other.boot !== own.boot)
    return silent && other.machineId !== undefined && other.machineId === own.machineId;
  if (other.space !== own.space) return false;
  if (!isAlive(other.pid)) return true;
  return other.began !== undefined && other.began !== markOf(other.pid).began;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
}

function read(file: string): string | undefined {
  const text = attempt(() => readFileSync(file, "utf8").trim());
  return text === "" ? undefined : text;
}

function attempt<T>(work: () => T): T | undefined {
  try {
    return work();
  } catch {
    return undefined;
  }
}
