import { readFile } from "node:fs/promises";
import { freemem } from "node:os";

/**
 * Bytes that this machine, or the control group the service runs in, could still give to a new process.
 * @returns {Promise<number>}
 */
export async function availableMemory() {
  const [machine, limit, used] = await Promise.all([
    machineMemory(),
    number("/sys/fs/cgroup/memory.max"),
    number("/sys/fs/cgroup/memory.current"),
  ]);
  return limit === undefined || used === undefined ? machine : Math.min(machine, Math.max(0, limit - used));
}

/**
 * Bytes that a model takes at most while it is loaded: its files, ONNX Runtime's copy and repacked matrices, a process.
 * Measured with BERT-base: 436 MB of files, 1,000 MB at the peak, 508 MB afterwards.
 * @param {number} bytes of the model's files
 */
export function memoryToLoad(bytes) {
  return 2.2 * bytes + 100e6;
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
