import { existsSync } from "node:fs";
import { copyFile, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
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

/** Makes a service from the template in a directory that is removed again, for whom looks before anything is written. */
export async function withScaffoldedApp<Result>(work: (app: string) => Promise<Result>): Promise<Result> {
  const directory = await mkdtemp(path.join(tmpdir(), "bertops-app-"));
  try {
    const app = path.join(directory, "app");
    await copyTemplate(app);
    return await work(app);
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

/** The directory of the template, beside `src` in a checkout and beside `dist` in the package. */
function templateDirectory(): string {
  return fileURLToPath(new URL("../../templates/similarity/", import.meta.url));
}

/**
 * Writes the settings to the file `config` and the service to the directory `app` where they are missing; never touches a file that is there. A service that is not
 * the template's gets nothing mixed into it, and files that were removed from a finished project do not come back.
 */
export async function scaffold(config: string, app: string, values: ScaffoldValues): Promise<Scaffolded> {
  const directory = path.dirname(config);
  const finished = existsSync(config);
  const written: string[] = [];
  const kept: string[] = [];
  if (!(finished && existsSync(app)) && !(await isForeign(app)))
    for (const { file, state } of await copyTemplate(app)) {
      const shown = path.relative(directory, file);
      if (state === "written") written.push(shown);
      else if (state === "differs") kept.push(shown);
    }
  if (finished) kept.push(path.basename(config));
  else {
    // Last, so that what was interrupted is taken for unfinished.
    await mkdir(directory, { recursive: true });
    await writeFile(config, renderConfigFile(values), { flag: "wx" });
    written.push(path.basename(config));
  }
  return { written, kept };
}

/** Copies the template into `app`, but over no file that is there. */
async function copyTemplate(
  app: string,
): Promise<readonly { readonly file: string; readonly state: "written" | "same" | "differs" }[]> {
  const copies = [];
  for (const name of await templateFiles(templateDirectory())) {
    const source = path.join(templateDirectory(), name);
    const file = path.join(app, RENAMED[name] ?? name);
    if (existsSync(file)) {
      const same = (await readFile(source)).equals(await readFile(file));
      copies.push({ file, state: same ? ("same" as const) : ("differs" as const) });
      continue;
    }
    await mkdir(path.dirname(file), { recursive: true });
    await copyFile(source, file);
    copies.push({ file, state: "written" as const });
  }
  return copies;
}

/** Is there a service that has a package.json of another name? */
async function isForeign(app: string): Promise<boolean> {
  const file = path.join(app, "package.json");
  if (!existsSync(file)) return existsSync(path.join(app, "Procfile"));
  const template = await readFile(path.join(templateDirectory(), "package.json"), "utf8");
  return nameIn(await readFile(file, "utf8")) !== nameIn(template);
}

function nameIn(manifest: string): string | undefined {
  return /"name"\s*:\s*"([^"]*)"/u.exec(manifest)?.[1];
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
