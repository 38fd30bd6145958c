import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { REAP_SCRIPT } from "./reap-script.ts";

/** Reads which process groups there are; at the end of its input, which is the sandbox's end, none may remain. */
const SCRIPT = `
groups=' '
while read -r change group; do
  case $change in
    +) groups="$groups$group " ;;
    -) groups="\${groups%% $group *} \${groups#* $group }" ;;
  esac
done
for group in $groups; do kill "-$FIRST" "-$group" 2>/dev/null; done
[ "$FIRST" = KILL ] || sleep 0.3
for group in $groups; do kill -KILL "-$group" 2>/dev/null; done
${REAP_SCRIPT}
round=0
until rm -rf -- "$REAP" 2>/dev/null || [ "$round" -ge 40 ]; do
  round=$((round + 1))
  sleep 0.05
done
`;

/** A shell that outlives the sandbox by a moment, however it ended, and takes away what it had started. */
export class Watchdog {
  readonly #child: ChildProcess;

  /**
   * `directory`: the instances' own, removed at the end. `first`: what groups are sent at first. In a pid namespace it is
   * CONT: its processes end anyway, but an nsenter that has stopped with its child must collect it.
   */
  constructor(directory: string, first: "KILL" | "CONT") {
    this.#child = spawn("/bin/sh", ["-c", SCRIPT], {
      detached: true,
      stdio: ["pipe", "ignore", "ignore"],
      env: { PATH: process.env["PATH"] ?? "/usr/bin:/bin", REAP: directory, FIRST: first },
      cwd: "/",
    });
    this.#child.on("error", () => undefined);
    this.#child.stdin?.on("error", () => undefined);
  }

  /** From here on the group ends with the sandbox. */
  follow(group: number): void {
    this.#child.stdin?.write(`+ ${group}\n`);
  }

  /** The group has ended; its number may come to mean another. */
  forget(group: number): void {
    this.#child.stdin?.write(`- ${group}\n`);
  }

  /** Lets it do its work now, and waits for it. */
  async close(): Promise<void> {
    if (this.#child.exitCode !== null) return;
    const gone = new Promise<void>((resolve) => this.#child.once("exit", () => resolve()));
    this.#child.stdin?.end();
    await gone;
  }
}
