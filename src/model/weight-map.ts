import path from "node:path";
import { Corrupt } from "./corrupt.ts";

/** File names from a sharded model's index, as hostile as the rest of it: no directories, no absolute paths. */
export function weightMapFiles(map: unknown): string[] {
  if (typeof map !== "object" || map === null) throw new Corrupt("has no weight_map");
  const names = [...new Set(Object.values(map))];
  if (names.length > 1000) throw new Corrupt(`names ${names.length} files`);
  return names.map((name: unknown) => {
    if (typeof name === "string" && name !== "" && name === path.basename(name) && !name.startsWith("."))
      return name;
    throw new Corrupt(`names a file that is not beside it (${JSON.stringify(name)})`);
  });
}
