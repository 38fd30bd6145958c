import { readdir, rm, stat } from "node:fs/promises";
import path from "node:path";

/** Removes what was changed longest ago in a directory of this machine, down to `most` entries. */
export async function forgetOldest(directory: string, most: number): Promise<void> {
  const names = await readdir(directory);
  if (names.length <= most) return;
  const dated = await Promise.all(
    names.map(async (name) => ({ name, at: (await stat(path.join(directory, name))).mtimeMs })),
  );
  for (const { name } of dated.toSorted((a, b) => b.at - a.at).slice(most))
    await rm(path.join(directory, name), { recursive: true, force: true });
}
