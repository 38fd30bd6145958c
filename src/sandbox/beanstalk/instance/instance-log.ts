import { appendFileSync, mkdirSync } from "node:fs";
import { dirname } from "node:path";
import type { Host } from "../../hosts/host.ts";

/** Where the platform engine writes what it does. */
export const ENGINE_LOG = "/var/log/eb-engine.log";
/** Where hooks' output goes. */
export const HOOKS_LOG = "/var/log/eb-hooks.log";

/** `2026/11/22 08:15:00.123000`, as the engine stamps its lines. */
function stamp(date: Date): string {
  return `${date.toISOString().slice(0, 23).replaceAll("-", "/").replace("T", " ")}000`;
}

/** Appends to a log of the instance. An instance that is being terminated has no logs to write. */
export function appendLog(host: Host, log: string, text: string): void {
  const path = host.path(log);
  try {
    mkdirSync(dirname(path), { recursive: true });
    appendFileSync(path, text);
  } catch (cause) {
    if (!(cause instanceof Error && "code" in cause && cause.code === "ENOENT")) {
      throw cause;
    }
  }
}

/** Writes a line of eb-engine.log. */
export function engineLog(host: Host, level: "INFO" | "WARN" | "ERROR", message: string): void {
  appendLog(host, ENGINE_LOG, `${stamp(new Date())} [${level}] ${message}\n`);
}
