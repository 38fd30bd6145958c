import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Isolation } from "./host.ts";
import { openMachine } from "./open-machine.ts";
import { writePrograms } from "./programs/write-programs.ts";
import { writeRoot } from "./root.ts";

const ALL: readonly Isolation[] = ["namespaces", "user-namespaces", "prefix"];
/** A sandbox that can't do this much does not isolate; `sudo` needs it where users are real. */
const TRIAL = `test "$(sudo -n /usr/bin/id -u)" = 0 && echo works`;

/** The isolation that `BERTOPS_SANDBOX_ISOLATION` forces, if any. */
export function forcedIsolation(environment: NodeJS.ProcessEnv = process.env): Isolation | undefined {
  const word = environment["BERTOPS_SANDBOX_ISOLATION"];
  if (word === undefined || word === "") return undefined;
  const isolation = ALL.find((each) => each === word);
  if (isolation !== undefined) return isolation;
  throw new Error(
    `BERTOPS_SANDBOX_ISOLATION is '${word}', which is no isolation: set it to one of ${ALL.join(", ")}, or unset it.`,
  );
}

/**
 * The best isolation that this machine allows, found by booting an instance in each; versions and sysctls don't tell.
 * Throws where a forced one does not work.
 */
export async function probeIsolation(forced: Isolation | undefined = forcedIsolation()): Promise<Isolation> {
  if (forced !== undefined) {
    const reason = await whyNot(forced);
    if (reason === undefined) return forced;
    throw new Error(
      `This machine does not allow the isolation '${forced}': ${reason} Unset BERTOPS_SANDBOX_ISOLATION to let the sandbox choose, or set it to 'prefix', which works everywhere.`,
    );
  }
  for (const isolation of ALL) {
    if ((await whyNot(isolation)) === undefined) return isolation;
  }
  return "prefix";
}

/** Why an isolation does not work here; undefined when it does. */
export async function whyNot(isolation: Isolation): Promise<string | undefined> {
  if (isolation === "prefix") return undefined;
  if (process.platform !== "linux") return "namespaces exist on Linux only.";
  if (isolation === "namespaces" && process.getuid?.() !== 0) return "it needs root.";
  const directory = mkdtempSync(join(tmpdir(), "bertops-probe-"));
  const root = join(directory, "root");
  mkdirSync(root);
  const machine = openMachine(isolation, { root, hostname: "probe" });
  try {
    const spec = { instanceId: "i-0", hostname: "probe", privateIp: "127.0.0.1", availabilityZone: "" };
    writeRoot(root, spec, machine.realUsers);
    writePrograms(machine);
    await machine.boot();
    const answer = await new Promise<string>((resolve) => {
      const child = machine.spawn(["/bin/sh", "-c", TRIAL], { user: "ec2-user" });
      let text = "";
      child.stdout?.setEncoding("utf8").on("data", (chunk: string) => (text += chunk));
      child.stderr?.setEncoding("utf8").on("data", (chunk: string) => (text += chunk));
      child.once("close", () => resolve(text.trim()));
      child.once("error", (error) => resolve(error.message));
    });
    return answer === "works" ? undefined : answer || "a program inside it could not become root.";
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  } finally {
    await machine.halt();
    rmSync(directory, { recursive: true, force: true });
  }
}
