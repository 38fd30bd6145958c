import { execFile } from "node:child_process";
import { lstatSync, renameSync, rmdirSync, rmSync } from "node:fs";
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
  const way = new Way(tree, directory);
  const turn = turns();
  for (const { file } of [...plan.built, ...plan.moved]) {
    if (!way.hasCome(path.posix.dirname(file.path)))
      takePlace(path.join(tree, file.path), path.join(directory, file.path));
    const over = turn();
    if (over !== undefined) await over;
  }
  for (const { file, mode } of plan.kept)
    if (mode) {
      const place = path.join(directory, file.path);
      await chmod(place, modeLike((await lstat(place)).mode, file.mode));
    }
  for (const name of await emptyDirectoriesIn(tree, "")) way.hasCome(name);
  renameSync(path.join(tree, MANIFEST_NAME), path.join(directory, MANIFEST_NAME));
}

/** A link is replaced itself, whatever it leads to. */
function takePlace(file: string, place: string): void {
  try {
    renameSync(file, place);
  } catch (error) {
    // To look first, for each of thousands, would take as long as all the rest.
    if (lstatSync(place, { throwIfNoEntry: false })?.isDirectory() !== true) throw error;
    rmSync(place, { recursive: true });
    renameSync(file, place);
  }
}

/** The way from the staging to the destination, directory by directory. */
class Way {
  readonly #tree: string;
  readonly #directory: string;
  readonly #come = new Map<string, boolean>([[".", false]]);

  constructor(tree: string, directory: string) {
    this.#tree = tree;
    this.#directory = directory;
  }

  /**
   * Has a directory come with all that is in it? It does where there was none. What is no directory is replaced: the plan was refused
   * unless somebody said so.
   */
  hasCome(name: string): boolean {
    const known = this.#come.get(name);
    if (known !== undefined) return known;
    const come = this.hasCome(path.posix.dirname(name)) || this.#comes(name);
    this.#come.set(name, come);
    return come;
  }

  #comes(name: string): boolean {
    const place = path.join(this.#directory, name);
    const there = lstatSync(place, { throwIfNoEntry: false });
    if (there?.isDirectory() === true) return false;
    if (there !== undefined) rmSync(place);
    renameSync(path.join(this.#tree, name), place);
    return true;
  }
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
