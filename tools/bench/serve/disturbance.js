/** How much of the processors others take while something is measured. */
import { readFile } from "node:fs/promises";
import { treeOf } from "./memory.js";

/** Ticks of /proc in a second, the same on every Linux. */
const TICKS = 100;

/** Cores that others take before what is measured changes; the network's own threads count among them. */
export const NOTICEABLE = 0.25;

const TRIES = 3;

/**
 * Measures again what others disturbed, and answers the least disturbed of a few tries (Linux; elsewhere the first).
 * @template T
 * @param {() => Promise<T>} measure
 * @returns {Promise<{ measured: T, others: number }>} `others`: cores that others took meanwhile
 */
export async function undisturbed(measure) {
  let best = await watched(measure);
  for (let again = 1; again < TRIES && best.others > NOTICEABLE; again += 1) {
    const next = await watched(measure);
    if (next.others < best.others) best = next;
  }
  return best;
}

/** @template T @param {() => Promise<T>} measure */
async function watched(measure) {
  const begun = performance.now();
  const before = await othersSeconds();
  const measured = await measure();
  const others = ((await othersSeconds()) - before) / ((performance.now() - begun) / 1000);
  return { measured, others: Number.isFinite(others) ? Math.max(0, others) : 0 };
}

/** Processor seconds of everything but this process and those that it started. */
async function othersSeconds() {
  const total = await readFile("/proc/stat", "utf8").catch(() => "");
  const [user = 0, nice = 0, system = 0, , , irq = 0, soft = 0, steal = 0] = (total.split("\n")[0] ?? "")
    .split(/\s+/)
    .slice(1)
    .map(Number);
  let ours = 0;
  for (const pid of await treeOf(process.pid)) {
    const stat = await readFile(`/proc/${pid}/stat`, "utf8").catch(() => "");
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    // utime and stime, and those of children that have ended.
    ours += [11, 12, 13, 14].reduce((sum, place) => sum + Number(fields[place] ?? 0), 0);
  }
  return (user + nice + system + irq + soft + steal - ours) / TICKS;
}
