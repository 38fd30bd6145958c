import { readdir, stat } from "node:fs/promises";
import path from "node:path";
import { byPath } from "./collect.ts";
import { type BundleEntry, normalMode } from "./entry.ts";
import type { PlacedPackage } from "./packages.ts";
import { isForeign, type Target } from "./target.ts";

/** The files of the placed packages, without those for other operating systems and processors, sorted. */
export async function packageFiles(
  packages: readonly PlacedPackage[],
  target: Target,
): Promise<readonly BundleEntry[]> {
  const entries: BundleEntry[] = [];
  for (const { directory, place } of packages) {
    const walk = async (folder: string, prefix: string): Promise<void> => {
      for (const item of await readdir(folder, { withFileTypes: true })) {
        const inside = prefix === "" ? item.name : `${prefix}/${item.name}`;
        // Packages inside packages are placed on their own; links are the installer's own (.bin).
        if (item.name === "node_modules" || item.isSymbolicLink()) continue;
        if (item.isDirectory()) await walk(path.join(folder, item.name), inside);
        else if (item.isFile() && !isForeign(inside, target)) {
          const file = path.join(folder, item.name);
          const { mode, size } = await stat(file);
          entries.push({ path: `${place}/${inside}`, mode: normalMode(mode), content: { file }, size });
        }
      }
    };
    await walk(directory, "");
  }
  return entries.toSorted(byPath);
}
