/** How much memory a process and its children take. */
import { readdir, readFile } from "node:fs/promises";

/**
 * Megabytes of the whole tree, pages that several of its processes share counted once (Linux; NaN elsewhere).
 * @param {number} root
 */
export async function megabytesOf(root) {
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
  let kilobytes = names.length === 0 ? Number.NaN : 0;
  for (const pid of tree) {
    const rollup = await readFile(`/proc/${pid}/smaps_rollup`, "utf8").catch(() => "");
    kilobytes += Number(/^Pss:\s+(\d+) kB/m.exec(rollup)?.[1] ?? 0);
  }
  return kilobytes / 1024;
}
