import { spawn } from "node:child_process";
import { UserError } from "../../errors.ts";
import type { World } from "../../world.ts";

/** Runs `npm install` in the app for its production packages. No script of a package runs: the bundle takes ready programs only. */
export async function installPackages(
  app: string,
  world: Pick<World, "emit" | "environment" | "signal">,
): Promise<void> {
  const step = { type: "step", id: "npm", label: `install the packages of ${app}` } as const;
  world.emit({ ...step, state: "started" });
  const child = spawn("npm", ["install", "--omit=dev", "--ignore-scripts", "--no-audit", "--no-fund"], {
    cwd: app,
    env: { ...world.environment, ONNXRUNTIME_NODE_INSTALL: "skip" },
    stdio: ["ignore", "ignore", "pipe"],
    shell: process.platform === "win32",
    signal: world.signal,
  });
  let said = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    said = (said + text).slice(-4000);
  });
  const code = await new Promise<number | null | Error>((resolve) => {
    child.once("error", resolve);
    child.once("close", resolve);
  });
  world.signal.throwIfAborted();
  if (code === 0) {
    world.emit({ ...step, state: "done" });
    return;
  }
  world.emit({ ...step, state: "failed" });
  const reason = code instanceof Error ? code.message : lastError(said);
  throw new UserError({
    reason: "npm-failed",
    message: `npm could not install the packages of ${app}: ${reason}`,
    hint: "Install them yourself, then run the same command again.",
    next: [`npm install --omit=dev --ignore-scripts --prefix ${app}`],
  });
}

function lastError(said: string): string {
  const lines = said
    .split("\n")
    .filter((line) => /^npm (?:ERR!|error)/u.test(line) && !/complete log|A complete/u.test(line))
    .map((line) => line.replace(/^npm (?:ERR!|error)\s*/u, "").trim())
    .filter((line) => line !== "");
  return lines.slice(0, 3).join(" ") || "it did not say why";
}
