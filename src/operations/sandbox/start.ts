import { spawn } from "node:child_process";
import { mkdir, open, readFile, rm } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { EXIT, UserError } from "../../errors.ts";
import type { World } from "../../world.ts";
import { findSandbox, sandboxDirectory, type SandboxRecord, writeRecord } from "./record.ts";

export interface SandboxOptions {
  readonly port?: string;
  readonly isolation?: string;
  readonly region?: string;
  /** States take as little time as possible. */
  readonly fast: boolean;
}

/** Starts a sandbox that outlives this process, or finds the one that runs. */
export async function startSandbox(
  options: SandboxOptions,
  world: Pick<World, "environment" | "emit" | "signal">,
): Promise<{ record: SandboxRecord; started: boolean }> {
  checkPort(options.port);
  world.signal.throwIfAborted();
  const running = await findSandbox(world.environment);
  if (running !== undefined) return { record: running, started: false };

  const directory = sandboxDirectory(world.environment);
  await makeDirectory(directory);
  const logFile = path.join(directory, "sandbox.log");
  const log = await open(logFile, "w", 0o600);
  world.emit({ type: "step", id: "sandbox", state: "started", label: "start the sandbox" });
  try {
    const child = spawn(process.execPath, [processFile(), directory], {
      detached: true,
      stdio: ["ignore", log.fd, log.fd, "ipc"],
      env: {
        ...world.environment,
        ...(options.port === undefined ? {} : { BERTOPS_SANDBOX_PORT: options.port }),
        ...(options.isolation === undefined ? {} : { BERTOPS_SANDBOX_ISOLATION: options.isolation }),
        ...(options.region === undefined ? {} : { BERTOPS_SANDBOX_REGION: options.region }),
        ...(options.fast ? { BERTOPS_SANDBOX_FAST: "1" } : {}),
      },
    });
    const described = await new Promise<Omit<SandboxRecord, "directory">>((resolve, reject) => {
      const stop = (): void => {
        child.kill("SIGTERM");
        child.once("exit", () => reject(world.signal.reason as Error));
      };
      world.signal.addEventListener("abort", stop, { once: true });
      child.once("message", (message) => {
        world.signal.removeEventListener("abort", stop);
        resolve(message as Omit<SandboxRecord, "directory">);
      });
      child.once("error", reject);
      child.once("exit", (code) => reject(new Error(`it ended with code ${String(code)}`)));
    });
    child.disconnect();
    child.unref();
    const record = { ...described, directory };
    await writeRecord(record);
    world.emit({
      type: "step",
      id: "sandbox",
      state: "done",
      label: "start the sandbox",
      detail: record.endpoint,
    });
    return { record, started: true };
  } catch (cause) {
    if (world.signal.aborted) {
      await rm(directory, { recursive: true, force: true });
      throw world.signal.reason;
    }
    throw new UserError({
      reason: "sandbox-failed",
      message: `The sandbox did not start: ${await lastLine(logFile, cause)}`,
      hint: `All that it said is in ${logFile}.`,
      exitCode: EXIT.failed,
      cause,
    });
  } finally {
    await log.close();
  }
}

async function makeDirectory(directory: string): Promise<void> {
  try {
    await mkdir(directory, { recursive: true, mode: 0o700 });
  } catch (cause) {
    throw new UserError({
      reason: "local-files",
      message: `The sandbox cannot have ${directory} for its files: ${cause instanceof Error ? cause.message : String(cause)}.`,
      hint: "Name a directory that you can write: export BERTOPS_SANDBOX_DIR=DIR",
      next: ["bertops sandbox start"],
      exitCode: EXIT.failed,
      cause,
    });
  }
}

/** The sandbox's own program: the compiled one, since a plain Node.js must run it. */
function processFile(): string {
  return fileURLToPath(new URL("../../../dist/sandbox/process.js", import.meta.url));
}

function checkPort(port: string | undefined): void {
  if (port === undefined || (/^\d{1,5}$/.test(port) && Number(port) <= 65535)) return;
  throw new UserError({
    reason: "bad-port",
    message: `--port takes a number from 0 to 65535; ${JSON.stringify(port)} is none.`,
    exitCode: EXIT.usage,
  });
}

async function lastLine(file: string, cause: unknown): Promise<string> {
  const lines = (await readFile(file, "utf8")).trim().split("\n");
  return lines.at(-1) || (cause instanceof Error ? cause.message : String(cause));
}
