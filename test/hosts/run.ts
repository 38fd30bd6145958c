import { spawn } from "node:child_process";
import path from "node:path";
import type { Outcome } from "./host.ts";

/** A program and its arguments, as a child process with standard input closed; killed after `limit` milliseconds. */
export function run(
  argv: readonly string[],
  options: { input?: string; env?: Readonly<Record<string, string>>; limit?: number; cwd?: string } = {},
): Promise<Outcome> {
  const { limit = 120_000, input } = options;
  const [program = "", ...rest] = argv;
  const started = performance.now();
  return new Promise((resolve, reject) => {
    const child = spawn(program, rest, {
      stdio: [input === undefined ? "ignore" : "pipe", "pipe", "pipe"],
      env: { PATH: `${process.env["PATH"]}:/usr/sbin:/sbin`, ...options.env },
      ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
    });
    const out: Buffer[] = [];
    const err: Buffer[] = [];
    child.stdout?.on("data", (chunk: Buffer) => out.push(chunk));
    child.stderr?.on("data", (chunk: Buffer) => err.push(chunk));
    child.stdin?.on("error", () => {
      // It ended before it read everything; its exit code says why.
    });
    child.stdin?.end(input);
    const timer = setTimeout(() => child.kill("SIGKILL"), limit);
    child.once("error", reject);
    child.once("close", (code, signal) => {
      clearTimeout(timer);
      const stderr = Buffer.concat(err).toString();
      const note = signal === null ? "" : `\n(ended by ${signal} after ${limit} ms: ${argv.join(" ")})`;
      resolve({
        code: code ?? 128,
        stdout: Buffer.concat(out).toString(),
        stderr: stderr + note,
        took: performance.now() - started,
      });
    });
  });
}

const BIN = path.resolve(import.meta.dirname, "../../bin/bertops.js");

/** The bertops of this checkout, as somebody with the home directory `home` runs it; `before` are words in front, as nsenter. */
export interface Bertops {
  (args: readonly string[], options?: { limit?: number; input?: string }): Promise<Outcome>;
}

export function bertopsIn(home: string, before: readonly string[] = []): Bertops {
  return (args, options = {}) =>
    run([...before, process.execPath, BIN, ...args], {
      cwd: home,
      env: { HOME: home, NO_COLOR: "1" },
      ...options,
    });
}

/** The one object that `--json` prints. */
export function answerOf({ stdout, stderr }: Outcome): Record<string, any> {
  const lines = stdout.trim().split("\n");
  if (lines.length !== 1 || lines[0] === "")
    throw new Error(`not one object on stdout:\n${stdout}\n${stderr}`);
  return JSON.parse(lines[0] ?? "") as Record<string, any>;
}
