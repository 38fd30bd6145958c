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
  const collect = (chunk: Buffer): void => {
    if (output.length < MOST_OUTPUT) {
      output += chunk.toString("utf8");
    }
  };
  child.stdout?.on("data", collect);
  child.stderr?.on("data", collect);
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
        setTimeout(() => resolve(exitCode ?? (killed === null ? 1 : 137)), 20);
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
