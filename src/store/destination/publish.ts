import { execFile } from "node:child_process";
import { lstatSync, mkdirSync, renameSync, rmdirSync, rmSync } from "node:fs";
import { chmod, lstat, open, readdir, rename } from "node:fs/promises";
import path from "node:path";
import { promisify } from "node:util";
import { EXIT, UserError } from "../../errors.ts";
import { MANIFEST_NAME } from "../layout.ts";
import type { PullPlan } from "../pull-plan.ts";
import type { Destination } from "./destination.ts";
import { SMALL } from "../small-file.ts";
import { turns } from "../turns.ts";
import { writeFailure } from "./failures.ts";
import type { Staging } from "./staging.ts";
import { modeLike } from "./writer.ts";

/**
 * Gives files that are whole their names. Where there was no directory, all of it appears at once; otherwise each file takes the place of
 * the one before by a rename, and the manifest comes last. When it is cut off, the next fetch does the rest.
 */
export async function publish(
  plan: PullPlan,
  { directory, exists }: Destination,
  { tree }: Staging,
): Promise<void> {
  await toDisk(plan, tree);
  try {
    if (!exists) await appear(tree, directory);
    else {
      await clear(plan, directory);
      await takePlaces(plan, tree, directory);
    }
  } catch (error) {
    throw writeFailure(directory, error);
  }
  await settle(path.dirname(directory));
}

/** Beyond so many files one flush of the whole file system is quicker. */
const FLUSHED_SINGLY = 64;

/** What was written a moment ago would otherwise have its name before the disk has its content. Large files are there already. */
async function toDisk({ built }: PullPlan, tree: string): Promise<void> {
  const small = built.filter(({ file }) => file.size <= SMALL);
  if (small.length > FLUSHED_SINGLY) await promisify(execFile)("sync", ["-f", tree]).catch(() => undefined);
  else for (const { file } of small) await settle(path.join(tree, file.path));
  await settle(path.join(tree, MANIFEST_NAME));
}

async function settle(place: string): Promise<void> {
  // Not every file system does this for directories.
  const handle = await open(place, "r").catch(() => undefined);
  await handle?.sync().catch(() => undefined);
  await handle?.close();
}

async function appear(tree: string, directory: string): Promise<void> {
  if ((await lstat(directory).catch(() => undefined)) !== undefined)
    throw new UserError({
      reason: "directory-not-empty",
      message: `${directory} was made by somebody else meanwhile.`,
      hint: "What was fetched is kept beside it: move the new one away, then run the same command again.",
      exitCode: EXIT.usage,
    });
  await rename(tree, directory);
}

/** Takes away what was fetched before and is not wanted any more, and directories that it leaves empty. */
async function clear({ removed }: PullPlan, directory: string): Promise<void> {
  const emptied = new Set<string>();
  const turn = turns();
  for (const name of removed) {
    rmSync(path.join(directory, name), { force: true });
    for (let above = path.posix.dirname(name); above !== "."; above = path.posix.dirname(above))
      emptied.add(above);
    await turn();
  }
  // Inner ones first.
  for (const name of [...emptied].toSorted().toReversed()) {
    try {
      rmdirSync(path.join(directory, name));
    } catch {
      // Something is in it.
    }
  }
}

async function takePlaces(plan: PullPlan, tree: string, directory: string): Promise<void> {
  const made = new Set([directory]);
  const turn = turns();
  for (const { file } of [...plan.built, ...plan.moved]) {
    const place = path.join(directory, file.path);
    makeWay(directory, path.posix.dirname(file.path), made);
    const there = lstatSync(place, { throwIfNoEntry: false });
    // A link is replaced itself, whatever it leads to.
    if (there?.isDirectory() === true) rmSync(place, { recursive: true });
    renameSync(path.join(tree, file.path), place);
    await turn();
  }
  for (const { file, mode } of plan.kept)
    if (mode) {
      const place = path.join(directory, file.path);
      await chmod(place, modeLike((await lstat(place)).mode, file.mode));
    }
  for (const name of await emptyDirectoriesIn(tree, "")) makeWay(directory, name, made);
  renameSync(path.join(tree, MANIFEST_NAME), path.join(directory, MANIFEST_NAME));
}

/** Makes a directory with all above it. What is none is replaced: the plan was refused unless somebody said so. */
function makeWay(directory: string, name: string, made: Set<string>): void {
  const place = path.join(directory, name);
  if (made.has(place)) return;
  if (name !== ".") makeWay(directory, path.posix.dirname(name), made);
  const there = lstatSync(place, { throwIfNoEntry: false });
  if (there?.isDirectory() !== true) {
    if (there !== undefined) rmSync(place);
    mkdirSync(place);
  }
  made.add(place);
}

/** Directories that are left when all files have moved out, the manifest aside. */
async function emptyDirectoriesIn(tree: string, prefix: string): Promise<readonly string[]> {
  const found: string[] = [];
  for (const entry of await readdir(path.join(tree, prefix), { withFileTypes: true }))
    if (entry.isDirectory()) {
      const name = prefix === "" ? entry.name : `${prefix}/${entry.name}`;
      found.push(name, ...(await emptyDirectoriesIn(tree, name)));
    }
  return found;
}
