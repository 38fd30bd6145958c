import { setImmediate } from "node:timers/promises";
import type { Host } from "../../hosts/host.ts";

/** How a command is run inside an instance. */
export interface CommandOptions {
  readonly user: "root" | "webapp";
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  /** Ends the command: the operation was aborted or ran out of time. */
  readonly signal: AbortSignal;
}

/** What a command came to; output and error output together, in the order in which they arrived. */
export interface CommandResult {
  readonly code: number;
  readonly output: string;
}

const MOST_OUTPUT = 2 ** 20;

/** Resolves when nothing that was written before now is still in a pipe: a look at all of them brought nothing new. */
async function drained(chunks: () => number): Promise<void> {
  // A daemon that keeps writing is not waited for: what the command itself wrote fits into a few looks.
  for (let look = 0, seen = -1; look < 16 && seen !== chunks(); look += 1) {
    seen = chunks();
    // Node.js looks at its pipes between two immediates.
    await setImmediate();
    await setImmediate();
  }
}

/** Runs a command to its end. Throws only where the signal ended it. */
export async function runCommand(
  host: Host,
  argv: readonly [string, ...string[]],
  { signal, ...options }: CommandOptions,
): Promise<CommandResult> {
  signal.throwIfAborted();
  const child = host.spawn(argv, options);
  child.stdin?.end();
  let output = "";
  let chunks = 0;
  const collect = (chunk: string): void => {
    chunks += 1;
    if (output.length < MOST_OUTPUT) {
      output += chunk;
    }
  };
  child.stdout?.setEncoding("utf8").on("data", collect);
  child.stderr?.setEncoding("utf8").on("data", collect);
  const end = (): void => {
    child.kill("SIGKILL");
  };
  signal.addEventListener("abort", end);
  try {
    const code = await new Promise<number>((resolve) => {
      child.once("error", (cause) => {
        output += cause.message;
        resolve(127);
      });
      // A hook may leave a daemon behind that holds its output open: its own end is what counts.
      child.once("exit", (exitCode, killed) => {
        void drained(() => chunks).then(() => resolve(exitCode ?? (killed === null ? 1 : 137)));
      });
      child.once("close", (exitCode) => {
        resolve(exitCode ?? 137);
      });
    });
    signal.throwIfAborted();
    return { code, output };
  } finally {
    signal.removeEventListener("abort", end);
  }
}
