import type { HostGates, HostSpec } from "../host.ts";
import type { Machine } from "../machine.ts";
import type { MountTable } from "../mounts/mount-table.ts";

/** How long a mount waits for a server that does not answer. On AWS: three attempts of 15 s, and back-off. */
export interface MountPatience {
  readonly attempts: number;
  /** Milliseconds. */
  readonly timeout: number;
}

/** The instance, as the programs that run in it see and change it. */
export interface Inside {
  readonly spec: HostSpec;
  readonly machine: Machine;
  readonly gates: HostGates;
  readonly mounts: MountTable;
  /** Names of installed packages; they outlive a reboot. */
  readonly packages: Set<string>;
  readonly patience: MountPatience;
  /** Where a path of the instance lies on this machine, through mounts. */
  path(inside: string): string;
  /** One package transaction at a time. */
  exclusively<T>(work: () => Promise<T>): Promise<T>;
  /** Restarts the instance, after the caller has had its answer. */
  scheduleReboot(): void;
}
