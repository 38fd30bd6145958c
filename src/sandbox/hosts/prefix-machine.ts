import { execFile } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { existsSync, mkdirSync, renameSync, rmSync, symlinkSync, unlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import type { ExecOptions } from "./host.ts";
import { loginEnvironment } from "./login-environment.ts";
import type { Machine, NodeInstallation } from "./machine.ts";
import type { Pipes } from "./pipes.ts";
import { PrefixPaths } from "./prefix-paths.ts";
import { REAP_SCRIPT } from "./reap-script.ts";
import { ProcessGroups } from "./process-groups.ts";
import { startProgram } from "./start-program.ts";
import { userNamed } from "./users.ts";
import type { Watchdog } from "./watchdog.ts";

const run = promisify(execFile);

/** An instance without any namespace: a directory, and programs that are found first in PATH. */
export class PrefixMachine implements Machine {
  readonly isolation = "prefix";
  readonly root: string;
  readonly realUsers = false;
  readonly paths: PrefixPaths;
  readonly #node: NodeInstallation;
  readonly #groups: ProcessGroups;
  readonly #pipes: Pipes;
  readonly #attached = new Map<string, string>();
  #running = false;

  constructor(options: {
    readonly root: string;
    readonly node: NodeInstallation;
    readonly pipes: Pipes;
    readonly watchdog: Watchdog | undefined;
  }) {
    this.#groups = new ProcessGroups(options.watchdog);
    this.root = options.root;
    this.#pipes = options.pipes;
    this.#node = options.node;
    const { bin, directory } = options.node;
    this.paths = new PrefixPaths(options.root, directory === undefined ? [bin] : [directory]);
  }

  boot(): Promise<void> {
    // A path that was prefixed twice (by the sandbox and by a script) is the same place again.
    const again = join(this.root, this.root);
    if (!existsSync(again)) {
      mkdirSync(dirname(again), { recursive: true });
      symlinkSync(this.root, again);
    }
    this.#running = true;
    return Promise.resolve();
  }

  spawn(argv: readonly [string, ...string[]], options: ExecOptions): ChildProcess {
    if (!this.#running) throw new Error("The instance is not running.");
    const user = userNamed(options.user);
    const words = argv.map((each) => this.paths.inText(each));
    const child = startProgram(
      "/bin/sh",
      ["-c", `umask 022; cd -- "$0" && exec "$@"`, this.paths.path(options.cwd ?? user.home), ...words],
      { env: this.#environment(argv, options), pipes: this.#pipes, group: ({ pid }) => pid },
    );
    this.#groups.add(child);
    return child;
  }

  attach(directory: string, inside: string): Promise<void> {
    const place = this.paths.path(inside);
    const under = this.#under(inside);
    mkdirSync(dirname(under), { recursive: true });
    renameSync(place, under);
    symlinkSync(directory, place);
    this.#attached.set(inside, directory);
    this.#noteMounts();
    return Promise.resolve();
  }

  detach(inside: string): Promise<"done" | "busy"> {
    const place = this.paths.path(inside);
    unlinkSync(place);
    renameSync(this.#under(inside), place);
    this.#attached.delete(inside);
    this.#noteMounts();
    return Promise.resolve("done");
  }

  async halt(): Promise<void> {
    this.#running = false;
    await this.#groups.kill();
    await run("/bin/sh", ["-c", REAP_SCRIPT], { env: { PATH: process.env["PATH"], REAP: this.root } });
    // Last mounted, first gone: one may lie within another.
    for (const inside of [...this.#attached.keys()].toReversed()) await this.detach(inside);
    rmSync(`${this.root}.under`, { recursive: true, force: true });
  }

  #environment(argv: readonly string[], options: ExecOptions): Record<string, string> {
    const user = userNamed(options.user);
    const login = { ...loginEnvironment(user, { node: this.#node }), ...options.env };
    const raw = this.paths.seenTo(argv) ? (options.env ?? {}) : {};
    const given = Object.fromEntries(
      Object.entries(login).map(([name, value]) => [name, name in raw ? value : this.paths.inText(value)]),
    );
    return {
      ...given,
      PATH: `${this.root}/opt/sandbox/bin:${dirname(process.execPath)}:${process.env["PATH"] ?? "/usr/bin:/bin"}`,
      TMPDIR: `${this.root}/tmp`,
      ROOT_PREFIX: this.root,
      SANDBOX_ROOT: this.root,
    };
  }

  /** For the SFTP server, which else lets no link lead out of the root. */
  #noteMounts(): void {
    const lines = [...this.#attached].map(([inside, directory]) => `${inside}\t${directory}\n`);
    writeFileSync(join(this.root, "run/sandbox/mounts"), lines.join(""));
  }

  /** Where what a mount hides waits meanwhile. */
  #under(inside: string): string {
    return join(`${this.root}.under`, encodeURIComponent(inside));
  }
}
