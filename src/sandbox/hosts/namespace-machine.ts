import { execFile, spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { promisify } from "node:util";
import { BOOT_SCRIPT } from "./boot-script.ts";
import type { ExecOptions } from "./host.ts";
import { loginEnvironment, SYSTEM_PATH } from "./login-environment.ts";
import type { Machine, NodeInstallation } from "./machine.ts";
import type { Pipes } from "./pipes.ts";
import { startProgram } from "./start-program.ts";
import { userNamed } from "./users.ts";
import type { Watchdog } from "./watchdog.ts";

const run = promisify(execFile);

const OWN_NAMESPACES = "--mount --pid --uts --ipc --fork --kill-child --propagation private".split(" ");
const shell = (script: string, ...words: string[]): string[] => ["/bin/sh", "-c", script, ...words];

/** How a namespace machine differs from another. */
export interface NamespaceMachineOptions {
  readonly isolation: "namespaces" | "user-namespaces";
  readonly root: string;
  readonly hostname: string;
  readonly node: NodeInstallation;
  readonly pipes: Pipes;
  readonly watchdog: Watchdog | undefined;
}

/** An instance in Linux namespaces over this machine's /usr. */
export class NamespaceMachine implements Machine {
  readonly isolation: "namespaces" | "user-namespaces";
  readonly root: string;
  readonly realUsers: boolean;
  readonly #options: NamespaceMachineOptions;
  /** `unshare`, whose only child is the instance's init. */
  #unshare: ChildProcess | undefined;
  #init = 0;
  readonly #children = new Set<ChildProcess>();

  constructor(options: NamespaceMachineOptions) {
    this.#options = options;
    this.isolation = options.isolation;
    this.root = options.root;
    this.realUsers = options.isolation === "namespaces";
  }

  async boot(): Promise<void> {
    const { hostname, node } = this.#options;
    const user = this.realUsers ? [] : ["--user", "--map-root-user"];
    const child = spawn(
      "unshare",
      [
        ...user,
        ...OWN_NAMESPACES,
        ...shell(
          BOOT_SCRIPT,
          "boot",
          this.root,
          hostname,
          node.directory ?? "",
          this.realUsers ? "real" : "one",
        ),
      ],
      // Its own session: Ctrl-C at the sandbox's terminal must not end instances before the sandbox does.
      { detached: true, stdio: ["pipe", "pipe", "pipe"], env: { PATH: SYSTEM_PATH } },
    );
    this.#unshare = child;
    let complaint = "";
    child.stderr.setEncoding("utf8").on("data", (text: string) => (complaint += text));
    child.stdin.on("error", () => undefined);
    this.#init = await new Promise<number>((resolve, reject) => {
      child.once("error", reject);
      child.once("close", () =>
        reject(new Error(`The instance did not boot: ${complaint.trim() || "no reason given"}`)),
      );
      createInterface(child.stdout).on("line", (line) => {
        if (line.startsWith("ready ")) resolve(Number(line.slice("ready ".length)));
      });
    });
  }

  spawn(argv: readonly [string, ...string[]], options: ExecOptions): ChildProcess {
    const user = userNamed(options.user);
    const identity = this.realUsers
      ? ["setpriv", `--reuid=${user.uid}`, `--regid=${user.gid}`, "--init-groups"]
      : [];
    const child = startProgram(
      "nsenter",
      [
        ...this.#enter(),
        ...["--root", "--wd", "--"].concat(identity, "setsid"),
        ...shell(`umask 022; cd -- "$0" && exec "$@"`, options.cwd ?? user.home, ...argv),
      ],
      {
        env: loginEnvironment(user, { node: this.#options.node, env: options.env }),
        pipes: this.#options.pipes,
        // nsenter waits for its child, which leads a session of its own, and ends as that ends.
        group: ({ pid }) => (pid === undefined ? undefined : onlyChildOf(pid)),
      },
    );
    this.#children.add(child);
    const { watchdog } = this.#options;
    const { pid } = child;
    if (pid !== undefined) watchdog?.follow(pid);
    child.once("error", () => this.#children.delete(child));
    child.once("exit", () => {
      this.#children.delete(child);
      if (pid !== undefined) watchdog?.forget(pid);
    });
    return child;
  }

  async attach(directory: string, inside: string): Promise<void> {
    await run("nsenter", [...this.#enter(), "--", "mount", "--bind", directory, join(this.root, inside)]);
  }

  async detach(inside: string, lazy = false): Promise<"done" | "busy"> {
    const how = lazy ? ["umount", "-l"] : ["umount"];
    try {
      await run("nsenter", [...this.#enter(), "--", ...how, join(this.root, inside)]);
      return "done";
    } catch (error) {
      if (/busy/u.test(String(error))) return "busy";
      throw error;
    }
  }

  async halt(): Promise<void> {
    const unshare = this.#unshare;
    if (unshare === undefined) return;
    this.#unshare = undefined;
    const children = [...this.#children];
    if (unshare.exitCode === null && unshare.signalCode === null) {
      const gone = new Promise<void>((resolve) => unshare.once("exit", () => resolve()));
      // The kernel ends every process of a pid namespace before its init is reported as ended.
      unshare.stdin?.destroy();
      if (this.#init > 0) signal(this.#init, "SIGKILL");
      else unshare.kill("SIGKILL");
      // nsenter stops when its child stops; a stopped one would not collect its child, which the namespace's end waits for.
      for (const { pid } of children) if (pid !== undefined) signal(pid, "SIGCONT");
      await gone;
    }
    this.#init = 0;
    await Promise.all(children.map((child) => closed(child)));
  }

  /** nsenter's arguments for the instance's namespaces. */
  #enter(): string[] {
    if (this.#init === 0) throw new Error("The instance is not running.");
    const user = this.realUsers ? [] : ["--user", "--preserve-credentials"];
    return ["--target", String(this.#init), ...user, "--mount", "--pid", "--uts", "--ipc"];
  }
}

/** The process that `pid` waits for, if it has started yet. */
function onlyChildOf(pid: number): number | undefined {
  try {
    const first = readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").trim().split(" ")[0];
    return first === undefined || first === "" ? undefined : Number(first);
  } catch {
    return undefined;
  }
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch {
    // It ended by itself in between.
  }
}

/** Resolves when a child has ended; a stream that nobody reads does not hold it up. */
function closed(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve();
  return new Promise((resolve) => child.once("exit", () => resolve()));
}
