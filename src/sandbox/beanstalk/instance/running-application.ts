import type { ChildProcess } from "node:child_process";
import type { Host } from "../../hosts/host.ts";
import { CURRENT } from "./deployment-step.ts";
import { appendLog } from "./instance-log.ts";
import type { StartCommand } from "./start-commands.ts";

/** Between the end of a process and its next start, growing up to the last one; milliseconds. */
const RESTART_DELAYS = [100, 500, 1000, 2000] as const;
/** A process that has run for so long starts with the first delay again. */
const STEADY = 5000;
/** How long a process may take to end before it is killed. */
const STOP_PATIENCE = 5000;

/** What an application is started with. */
export interface ApplicationSpec {
  readonly host: Host;
  readonly processes: readonly StartCommand[];
  readonly env: Readonly<Record<string, string>>;
}

/** Splits output into whole lines. */
function eachLine(take: (line: string) => void): (chunk: Buffer) => void {
  let rest = "";
  return (chunk) => {
    const lines = (rest + chunk.toString("utf8")).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) {
      take(line);
    }
  };
}

/** One process of an application: started again whenever it ends, as systemd does on an instance. */
class Supervised {
  readonly #spec: ApplicationSpec;
  readonly #process: StartCommand;
  /** A process that went down with its instance is not started again: the next boot starts the application. */
  readonly #up: AbortSignal;
  #child: ChildProcess | undefined;
  #stopped = false;
  #timer: NodeJS.Timeout | undefined;
  #failures = 0;
  #ended: Promise<void> = Promise.resolve();

  constructor(spec: ApplicationSpec, process: StartCommand) {
    this.#spec = spec;
    this.#process = process;
    this.#up = spec.host.up;
    this.#start();
  }

  get restarted(): boolean {
    return this.#failures > 0;
  }

  #log(text: string): void {
    const time = new Date()
      .toString()
      .slice(4, 24)
      .replace(/ \d{4}/u, "");
    const { name } = this.#process;
    appendLog(
      this.#spec.host,
      `/var/log/${name}.stdout.log`,
      `${time} ${name}[${this.#child?.pid ?? 0}]: ${text}\n`,
    );
  }

  #start(): void {
    if (this.#up.aborted) {
      return;
    }
    const { host, env } = this.#spec;
    const started = Date.now();
    let child: ChildProcess;
    try {
      child = host.spawn(["/bin/sh", "-c", this.#process.command], { user: "webapp", cwd: CURRENT, env });
    } catch {
      // This machine can't run anything more right now.
      this.#again(started);
      return;
    }
    this.#child = child;
    child.stdin?.end();
    const log = eachLine((line) => {
      this.#log(line);
    });
    child.stdout?.on("data", log);
    child.stderr?.on("data", log);
    this.#ended = new Promise((resolve) => {
      const ended = (why: string): void => {
        if (this.#child === child) {
          this.#log(why);
          this.#child = undefined;
          this.#again(started);
        }
        resolve();
      };
      child.once("error", (cause) => {
        ended(cause.message);
      });
      child.once("exit", (code, signal) => {
        ended(`${this.#process.name}: process exited, code=${code ?? "killed"}, signal=${signal ?? "none"}`);
      });
    });
  }

  #again(started: number): void {
    if (this.#stopped) {
      return;
    }
    this.#failures = Date.now() - started > STEADY ? 0 : this.#failures + 1;
    const delay = RESTART_DELAYS[Math.min(this.#failures, RESTART_DELAYS.length) - 1] ?? RESTART_DELAYS[0];
    this.#timer = setTimeout(() => {
      this.#start();
    }, delay);
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    clearTimeout(this.#timer);
    const child = this.#child;
    if (child === undefined) {
      return;
    }
    child.kill("SIGTERM");
    const kill = setTimeout(() => {
      child.kill("SIGKILL");
    }, STOP_PATIENCE);
    await this.#ended;
    clearTimeout(kill);
  }
}

/** An application that runs on an instance: all processes of its Procfile. */
export class RunningApplication {
  /** When it was started, in milliseconds since 1970. */
  readonly started = Date.now();
  readonly #processes: readonly Supervised[];

  constructor(spec: ApplicationSpec) {
    this.#processes = spec.processes.map((process) => new Supervised(spec, process));
  }

  /** Has a process ended by itself and been started again? */
  get restarted(): boolean {
    return this.#processes.some((process) => process.restarted);
  }

  /** Ends every process and waits for its end. */
  async stop(): Promise<void> {
    await Promise.all(this.#processes.map((process) => process.stop()));
  }
}
