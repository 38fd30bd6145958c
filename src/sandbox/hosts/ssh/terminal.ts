import type { ChildProcess } from "node:child_process";
import type { PseudoTtyInfo } from "ssh2";

/** Starts a program of the instance as the user that has logged in. */
export type Start = (
  argv: readonly [string, ...string[]],
  env: Readonly<Record<string, string>>,
) => ChildProcess;

/** A terminal's size. */
export interface Size {
  readonly rows: number;
  readonly cols: number;
}

/** A program on a terminal of its own, which `script` (util-linux, macOS) makes: Node.js can't. */
export class Terminal {
  readonly child: ChildProcess;
  readonly #start: Start;
  readonly #note: string;

  /** `command`: what to run, or undefined for a login shell. */
  constructor(
    start: Start,
    info: PseudoTtyInfo,
    command: string | undefined,
    env: Readonly<Record<string, string>>,
  ) {
    this.#start = start;
    this.#note = `/tmp/.tty-${process.hrtime.bigint().toString(36)}`;
    const { rows, cols } = info;
    const inner = [
      `stty echo rows ${rows || 24} cols ${cols || 80} 2>/dev/null; tty >"$SANDBOX_TTY"`,
      command === undefined ? `exec "$SHELL" -i` : `exec "$SHELL" -c "$SANDBOX_COMMAND"`,
    ].join("\n");
    const script =
      process.platform === "linux"
        ? `exec script -q -e -c "$0" /dev/null`
        : `exec script -q /dev/null /bin/sh -c "$0"`;
    this.child = start(["/bin/sh", "-c", script, inner], {
      ...env,
      TERM: (info as PseudoTtyInfo & { term?: string }).term ?? "xterm",
      SANDBOX_TTY: this.#note,
      PS1: "[\\u@\\h \\W]\\$ ",
      ...(command === undefined ? {} : { SANDBOX_COMMAND: command }),
    });
    this.child.once("close", () => this.#run(`rm -f "$SANDBOX_TTY"`));
  }

  /** The client's window has another size now. */
  resize({ rows, cols }: Size): void {
    const from = process.platform === "linux" ? "-F" : "-f";
    this.#run(`stty ${from} "$(cat "$SANDBOX_TTY")" rows ${rows} cols ${cols}`);
  }

  /** The line is cut: as when a modem hangs up. */
  hangUp(): void {
    this.child.kill("SIGHUP");
  }

  #run(command: string): void {
    try {
      const child = this.#start(["/bin/sh", "-c", command], { SANDBOX_TTY: this.#note });
      child.on("error", () => undefined);
      child.stdout?.resume();
      child.stderr?.resume();
    } catch {
      // The instance is gone, and its terminals with it.
    }
  }
}
