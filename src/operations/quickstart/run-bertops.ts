import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { EXIT, UserError } from "../../errors.ts";
import type { World } from "../../world.ts";
import { FOREIGN_VARIABLES } from "../sandbox/environment.ts";

/** The object that a command printed under `--json`. */
export type Answer = Readonly<Record<string, unknown>>;

/**
 * Runs one bertops command as a user would type it, in `cwd`, against the sandbox that `variables` name, and resolves
 * to its JSON object. What it says meanwhile is passed on line by line. A failure of it becomes ours.
 */
export async function runBertops(
  argv: readonly string[],
  setting: { cwd: string; variables: Readonly<Record<string, string>> },
  world: Pick<World, "environment" | "emit" | "signal">,
): Promise<Answer> {
  world.signal.throwIfAborted();
  const child = spawn(process.execPath, [door(), ...argv, "--json"], {
    cwd: setting.cwd,
    env: { ...withoutForeign(world.environment), ...setting.variables },
    stdio: ["ignore", "pipe", "pipe"],
    // Ctrl-C reaches it through us alone: a terminal's own would be its second one, which ends at once.
    detached: true,
  });
  const stop = (): void => void child.kill("SIGINT");
  const end = (): void => void child.kill("SIGKILL");
  process.once("exit", end);
  world.signal.addEventListener("abort", stop, { once: true });
  let stdout = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => (stdout += text));
  let partial = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    const lines = (partial + text).split("\n");
    partial = lines.pop() ?? "";
    for (const line of lines) world.emit({ type: "note", message: line });
  });
  try {
    await new Promise<void>((resolve, reject) => {
      child.once("error", reject);
      child.once("close", () => resolve());
    });
  } finally {
    world.signal.removeEventListener("abort", stop);
    process.off("exit", end);
  }
  world.signal.throwIfAborted();
  const answer = parseAnswer(stdout);
  if (answer?.["ok"] === true) return answer;
  const error = (answer?.["error"] ?? {}) as { message?: string; hint?: string; next?: string[] };
  throw new UserError({
    reason: "quickstart-step",
    message: `bertops ${argv.join(" ")} failed${error.message === undefined ? "." : `: ${error.message}`}`,
    ...(error.hint === undefined ? {} : { hint: error.hint }),
    next: ["bertops quickstart --keep --verbose"],
    exitCode: EXIT.failed,
  });
}

function withoutForeign(environment: World["environment"]): Record<string, string | undefined> {
  const foreign = new Set<string>(FOREIGN_VARIABLES);
  return Object.fromEntries(Object.entries(environment).filter(([name]) => !foreign.has(name)));
}

function parseAnswer(text: string): Answer | undefined {
  try {
    return JSON.parse(text) as Answer;
  } catch {
    return undefined;
  }
}

/** The program's own door, so that every step is the command that a user would run. */
function door(): string {
  return fileURLToPath(new URL("../../../bin/bertops.js", import.meta.url));
}
