import { existsSync } from "node:fs";
import { copyFile, mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { CONFIG_FILE } from "../config/load.ts";
import { renderConfigFile, type ScaffoldValues } from "../config/scaffold.ts";

/** What became of each file, by its path in the project. */
export interface Scaffolded {
  readonly written: readonly string[];
  /** Files that were there and differ from the template: they stay as they are. */
  readonly kept: readonly string[];
}

/** What the template holds for working on it here, not for running it. */
const NOT_COPIED = new Set(["node_modules", "tsconfig.json", "test", "coverage"]);

/** npm leaves files of these names out of a package, so the template has them under others. */
const RENAMED: Readonly<Record<string, string>> = { npmrc: ".npmrc", gitignore: ".gitignore" };

/** The directory of the template, beside `src` in a checkout and beside `dist` in the package. */
export function templateDirectory(): string {
  return fileURLToPath(new URL("../../templates/similarity/", import.meta.url));
}

/** Writes bertops.yaml and app/ where they are missing; never touches a file that is there. */
export async function scaffold(directory: string, values: ScaffoldValues): Promise<Scaffolded> {
  const written: string[] = [];
  const kept: string[] = [];
  await mkdir(directory, { recursive: true });
  const config = path.join(directory, CONFIG_FILE);
  if (existsSync(config)) kept.push(CONFIG_FILE);
  else {
    await writeFile(config, renderConfigFile(values), { flag: "wx" });
    written.push(CONFIG_FILE);
  }
  for (const file of await templateFiles(templateDirectory())) {
    const source = path.join(templateDirectory(), file);
    const shown = path.posix.join("app", RENAMED[file] ?? file);
    const target = path.join(directory, shown);
    if (existsSync(target)) {
      if (!(await readFile(source)).equals(await readFile(target))) kept.push(shown);
      continue;
    }
    await mkdir(path.dirname(target), { recursive: true });
    await copyFile(source, target);
    written.push(shown);
  }
  return { written, kept };
}

async function templateFiles(root: string, prefix = ""): Promise<readonly string[]> {
  const files: string[] = [];
  for (const item of await readdir(path.join(root, prefix), { withFileTypes: true })) {
    if (NOT_COPIED.has(item.name)) continue;
    const inside = prefix === "" ? item.name : `${prefix}/${item.name}`;
    if (item.isDirectory()) files.push(...(await templateFiles(root, inside)));
    else if (item.isFile()) files.push(inside);
  }
  return files.toSorted();
}
