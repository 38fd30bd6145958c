import { readFile } from "node:fs/promises";
import { freemem } from "node:os";
import { fitsIntoMemoryDirectory } from "../inference/memory-directory.js";

/**
 * Bytes that this machine, or the control group the service runs in, could still give to a new process.
 * @returns {Promise<number>}
 */
export async function availableMemory() {
  const [machine, limit, used, statistics] = await Promise.all([
    machineMemory(),
    number("/sys/fs/cgroup/memory.max"),
    number("/sys/fs/cgroup/memory.current"),
    readFile("/sys/fs/cgroup/memory.stat", "utf8").catch(() => ""),
  ]);
  if (limit === undefined || used === undefined) return machine;
  // Files that were read count as used, and are dropped as soon as somebody needs their memory.
  const files = Number(/^inactive_file (\d+)$/m.exec(statistics)?.[1] ?? 0);
  return Math.min(machine, Math.max(0, limit - used + files));
}

/**
 * Bytes that a model takes at most while it is loaded: its files, repacked matrices, a process; and another copy of the
 * files where they can't be kept as files in memory. Measured with BERT-base: 436 MB of files, 850 MB at the peak, 510 MB
 * afterwards.
 * @param {number} bytes of the model's files
 */
export async function memoryToLoad(bytes) {
  const copies = (await fitsIntoMemoryDirectory(bytes)) ? 1.85 : 2.2;
  return copies * bytes + 100e6;
}

/** What Linux could free counts as available; elsewhere only what is free does. */
async function machineMemory() {
  const text = await readFile("/proc/meminfo", "utf8").catch(() => "");
  const kilobytes = /^MemAvailable:\s+(\d+) kB$/m.exec(text)?.[1];
  return kilobytes === undefined ? freemem() : Number(kilobytes) * 1024;
}

/** @param {string} path @returns {Promise<number | undefined>} undefined where there is no limit */
async function number(path) {
  const text = (await readFile(path, "utf8").catch(() => "")).trim();
  return /^\d+$/.test(text) ? Number(text) : undefined;
}
