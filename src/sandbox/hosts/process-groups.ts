import type { ChildProcess } from "node:child_process";
import { signalGroup } from "./signal-group.ts";
import type { Watchdog } from "./watchdog.ts";

/** The process groups that an instance without a pid namespace has started and that still have a member. */
export class ProcessGroups {
  readonly #groups = new Set<number>();
  readonly #children = new Set<ChildProcess>();
  readonly #watchdog: Watchdog | undefined;

  constructor(watchdog: Watchdog | undefined) {
    this.#watchdog = watchdog;
  }

  /** Notes a child that leads a group of its own. */
  add(child: ChildProcess): void {
    this.#prune();
    const group = child.pid;
    if (group === undefined) return;
    this.#children.add(child);
    this.#groups.add(group);
    this.#watchdog?.follow(group);
    child.once("exit", () => {
      this.#children.delete(child);
      this.#prune();
    });
  }

  /** Ends every group and waits for the children among them. */
  async kill(): Promise<void> {
    const exits = [...this.#children].map(
      (child) => new Promise<void>((resolve) => child.once("exit", () => resolve())),
    );
    this.#prune();
    for (const group of this.#groups) signalGroup(group, "SIGKILL");
    await Promise.all(exits);
  }

  /** Forgets groups without members: their numbers may be given to others. */
  #prune(): void {
    for (const group of this.#groups) {
      if (signalGroup(group, 0)) continue;
      this.#groups.delete(group);
      this.#watchdog?.forget(group);
    }
  }
}
