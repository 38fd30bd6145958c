import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";

const BIN = path.join(import.meta.dirname, "../../../bin/bertops.js");
const HOOK = path.join(import.meta.dirname, "../../../test/model/cost-hook.cjs");

/**
 * Runs `bertops convert` in a process of its own and answers how long it took and its peak memory in MiB.
 * @param {string} input @param {string} output @param {string} precision
 */
export async function convert(input, output, precision) {
  const work = await mkdtemp(path.join(tmpdir(), "bertops-measured-"));
  const report = path.join(work, "cost.json");
  try {
    // Random weights lose more to 8 bits than any trained ones.
    const flags = ["--precision", precision, "--min-fidelity", "-1", "--json"];
    const begun = performance.now();
    const child = spawn(process.execPath, ["--require", HOOK, BIN, "convert", input, output, ...flags], {
      stdio: ["ignore", "ignore", "pipe"],
      env: { ...process.env, COST_FILE: report },
    });
    let said = "";
    child.stderr.on("data", (chunk) => (said += String(chunk)));
    const [code] = await once(child, "close");
    const seconds = (performance.now() - begun) / 1000;
    if (code !== 0) throw new Error(`bertops convert ended with ${code}: ${said}`);
    return { seconds, peak: Number(JSON.parse(await readFile(report, "utf8")).megabytes) };
  } finally {
    await rm(work, { recursive: true });
  }
}
