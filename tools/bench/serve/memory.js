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
 * process is charged with.
 * @param {number} root
 * @param {number} files megabytes of files in memory that it made
 */
export async function megabytesWithFiles(root, files) {
  const { pss, shared } = await measure(root);
  return pss + Math.max(0, files - shared);
}

/** Megabytes of all files in memory, system-wide. */
export async function sharedMegabytes() {
  const text = await readFile("/proc/meminfo", "utf8").catch(() => "");
  return Number(/^Shmem:\s+(\d+) kB/m.exec(text)?.[1] ?? 0) / 1024;
}

/** A process and all that it started. @param {number} root */
export async function treeOf(root) {
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
  return tree;
}

/** @param {number} root */
async function measure(root) {
  let [kilobytes, shared] = [process.platform === "linux" ? 0 : Number.NaN, 0];
  for (const pid of await treeOf(root)) {
    const rollup = await readFile(`/proc/${pid}/smaps_rollup`, "utf8").catch(() => "");
    kilobytes += Number(/^Pss:\s+(\d+) kB/m.exec(rollup)?.[1] ?? 0);
    shared += Number(/^Pss_Shmem:\s+(\d+) kB/m.exec(rollup)?.[1] ?? 0);
  }
  return { pss: kilobytes / 1024, shared: shared / 1024 };
}
