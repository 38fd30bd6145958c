/** How much memory a process and its children take. */
import { readdir, readFile } from "node:fs/promises";

/**
 * Megabytes of the whole tree, pages that several of its processes share counted once (Linux; NaN elsewhere).
 * @param {number} root
 */
export async function megabytesOf(root) {
  return (await measure(root)).pss;
}

/**
 * Megabytes of the whole tree, and those of files in memory that nobody has touched since they were written, which no
 * process is charged with: what /dev/shm grew by since `before`.
 * @param {number} root
 * @param {number} before sharedMegabytes() before it started
 */
export async function megabytesWithFiles(root, before) {
  const { pss, shared } = await measure(root);
  return pss + Math.max(0, (await sharedMegabytes()) - before - shared);
}

/** Megabytes of all files in memory, system-wide. */
export async function sharedMegabytes() {
  const text = await readFile("/proc/meminfo", "utf8").catch(() => "");
  return Number(/^Shmem:\s+(\d+) kB/m.exec(text)?.[1] ?? 0) / 1024;
}

/** @param {number} root */
async function measure(root) {
  const names = await readdir("/proc").catch(() => []);
  /** @type {Map<number, number[]>} */
  const children = new Map();
  for (const name of names.filter((entry) => /^\d+$/.test(entry))) {
    const status = await readFile(`/proc/${name}/status`, "utf8").catch(() => "");
    const parent = Number(/^PPid:\s+(\d+)/m.exec(status)?.[1]);
    children.set(parent, [...(children.get(parent) ?? []), Number(name)]);
  }
  const tree = [root];
  for (const pid of tree) tree.push(...(children.get(pid) ?? []));
  let [kilobytes, shared] = [names.length === 0 ? Number.NaN : 0, 0];
  for (const pid of tree) {
    const rollup = await readFile(`/proc/${pid}/smaps_rollup`, "utf8").catch(() => "");
    kilobytes += Number(/^Pss:\s+(\d+) kB/m.exec(rollup)?.[1] ?? 0);
    shared += Number(/^Pss_Shmem:\s+(\d+) kB/m.exec(rollup)?.[1] ?? 0);
  }
  return { pss: kilobytes / 1024, shared: shared / 1024 };
}
