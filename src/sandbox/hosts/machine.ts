import type { ChildProcess } from "node:child_process";
import type { ExecOptions, Isolation } from "./host.ts";

/** What an instance is made of: a root directory and the processes that see it as theirs. One per isolation. */
export interface Machine {
  readonly isolation: Isolation;
  /** The instance's root, as this machine names it. */
  readonly root: string;
  /** Does each user name stand for a uid of its own? */
  readonly realUsers: boolean;
  /** Makes the root runnable. Nothing of the instance runs before, or after `halt`. */
  boot(): Promise<void>;
  /** Starts a program; `kill` of the child reaches its whole process group. */
  spawn(argv: readonly [string, ...string[]], options: ExecOptions): ChildProcess;
  /** Lays a directory of this machine over a directory of the instance. */
  attach(directory: string, inside: string): Promise<void>;
  /** Takes it away again, unless a process uses it; `lazy` takes it from new openers at least. */
  detach(inside: string, lazy?: boolean): Promise<"done" | "busy">;
  /** Ends every process of the instance; what was attached is gone afterwards. */
  halt(): Promise<void>;
}

/** The directory that holds a Node.js installation, and where its programs are inside an instance. */
export interface NodeInstallation {
  /** To be shown inside at `/opt/sandbox/node`; absent where /usr, which instances see anyway, holds it. */
  readonly directory?: string;
  /** The directory of the `node` program inside. */
  readonly bin: string;
}
