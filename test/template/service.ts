import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readdir, readFile } from "node:fs/promises";
import path from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as pause } from "node:timers/promises";
import { onTestFinished } from "vitest";

/** The service's entry, as Beanstalk starts it. */
const SERVER = path.join(import.meta.dirname, "../../templates/similarity/server.js");

export interface LogLine {
  readonly level: string;
  readonly message: string;
  readonly [field: string]: unknown;
}

/** The service as a process of its own, and what it wrote. */
export interface TestService {
  readonly url: string;
  readonly child: ChildProcess;
  readonly log: readonly LogLine[];
  /** Sends SIGTERM and resolves to the exit code. */
  stop(): Promise<number | null>;
}

/** Starts the service on a free port of the loopback; it is stopped when the test is over. */
export async function startTestService(variables: Readonly<Record<string, string>>): Promise<TestService> {
  const child = spawn(process.execPath, [SERVER], {
    stdio: ["ignore", "pipe", "inherit"],
    env: {
      PATH: process.env["PATH"] ?? "",
      PORT: "0",
      LISTEN: "127.0.0.1",
      MODEL_POLL_MS: "50",
      INFERENCE_THREADS: "1",
      ...variables,
    },
  });
  const exited = once(child, "exit");
  const log: LogLine[] = [];
  const listening = new Promise<string>((resolve, reject) => {
    createInterface({ input: child.stdout }).on("line", (text) => {
      const line = JSON.parse(text) as LogLine;
      log.push(line);
      if (line.message === "listening") resolve(String(line["url"]));
    });
    void exited.then(() => reject(new Error(`the service ended: ${JSON.stringify(log.at(-1))}`)));
  });
  // An end that nobody waited for is no unhandled rejection.
  listening.catch(() => {});
  const stop = async (): Promise<number | null> => {
    child.kill("SIGTERM");
    await exited;
    return child.exitCode;
  };
  onTestFinished(async () => {
    if (child.exitCode === null && child.signalCode === null) child.kill("SIGKILL");
    await exited;
  });
  return { url: await listening, child, log, stop };
}

/** Starts the service and waits until a model answers. */
export async function startReadyService(variables: Readonly<Record<string, string>>): Promise<TestService> {
  const service = await startTestService(variables);
  await until(async () => (await fetch(`${service.url}/readyz`)).status === 200);
  return service;
}

/** Waits until something holds; throws after a minute. */
export async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  const end = Date.now() + 60_000;
  while (!(await holds())) {
    if (Date.now() > end) throw new Error(`it never came true: ${holds.toString()}`);
    await pause(10);
  }
}

/** Posts JSON and reads JSON. */
export async function post(
  url: string,
  body: unknown,
  headers: Record<string, string> = {},
): Promise<{ status: number; headers: Headers; body: any }> {
  const response = await fetch(url, {
    method: "POST",
    headers: { "content-type": "application/json", ...headers },
    body: typeof body === "string" ? body : JSON.stringify(body),
  });
  return { status: response.status, headers: response.headers, body: await response.json() };
}

/** Reads JSON. */
export async function get(url: string): Promise<{ status: number; headers: Headers; body: any }> {
  const response = await fetch(url);
  return { status: response.status, headers: response.headers, body: await response.json() };
}

/** The processes that a process started (Linux; none elsewhere). */
export async function childrenOf(parent: number): Promise<number[]> {
  const pids = (await readdir("/proc").catch(() => [])).filter((name) => /^\d+$/u.test(name));
  const found = pids.map(async (pid) => {
    const stat = await readFile(`/proc/${pid}/stat`, "utf8").catch(() => "");
    return Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[1]) === parent ? [Number(pid)] : [];
  });
  return (await Promise.all(found)).flat();
}
