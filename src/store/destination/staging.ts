import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { lstat, rm, rmdir } from "node:fs/promises";
import path from "node:path";
import { EXIT, UserError } from "../../errors.ts";
import { hashFiles, type HashOptions } from "../hash-files.ts";
import type { ManifestFile } from "../manifest.ts";
import { isGone, markOf, type ProcessMark } from "../own-process.ts";
import type { Arrived } from "../push-plan.ts";
import type { LocalFile } from "../scan-directory.ts";
import { scanDestination } from "./scan.ts";

/** A place where a version lies until it is whole. Nobody else works there. */
export interface Staging {
  /** Files lie below it as they will below the destination. */
  readonly tree: string;
  /** Leaves what is there for the next one. */
  release(): void;
  /** Takes all of it away. */
  remove(): Promise<void>;
}

/** Opens the place, or takes it over from a process that is no more. Rejects while another one works there. */
export async function openStaging(directory: string): Promise<Staging> {
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const { uid, mode } = await lstat(directory);
  // What somebody else could change, or planted there, is not written through.
  const own = process.getuid?.() ?? uid;
  if (uid !== own) throw foreign(directory);
  if ((mode & 0o077) !== 0) chmodSync(directory, 0o700);
  const lock = path.join(directory, "lock");
  takeLock(lock, directory);
  const tree = path.join(directory, "tree");
  mkdirSync(tree, { recursive: true });
  const release = (): void => rmSync(lock, { force: true });
  return {
    tree,
    release() {
      release();
      if (existsSync(tree) && readdirSync(tree).length > 0) return;
      rmSync(directory, { recursive: true, force: true });
    },
    async remove() {
      await rm(tree, { recursive: true, force: true });
      release();
      await rmdir(directory).catch(() => undefined);
    },
  };
}

/** Hashes what an earlier fetch left of these files. Whatever is of no use any more is removed. */
export async function findStaged(
  tree: string,
  wanted: readonly ManifestFile[],
  options: HashOptions,
): Promise<Arrived> {
  const { files, others } = await scanDestination(tree, options.signal);
  const paths = new Map(wanted.map((file) => [file.path, file]));
  for (const [name, kind] of others)
    if (kind !== "directory" || paths.has(name))
      rmSync(path.join(tree, name), { recursive: true, force: true });
  const useful: LocalFile[] = [];
  for (const file of files) {
    const { size } = paths.get(file.path) ?? {};
    const stats = await lstat(file.absolute).catch(() => undefined);
    // A file of the destination under its new name: writing into it would change that one.
    if (stats === undefined || size === undefined || stats.nlink > 1 || file.size > size)
      rmSync(file.absolute, { force: true });
    else useful.push(file);
  }
  const hashed = await hashFiles(useful, options);
  return new Map(hashed.map(({ path: name, blocks }) => [name, blocks]));
}

function takeLock(lock: string, directory: string): void {
  for (let attempt = 0; attempt < 2; attempt++) {
    try {
      writeFileSync(lock, JSON.stringify(markOf()), { flag: "wx" });
      return;
    } catch (error) {
      if (!(error instanceof Error && "code" in error && error.code === "EEXIST")) throw error;
      const holder = holderOf(lock);
      if (holder !== undefined && !isGone(holder, true)) throw running(directory, holder);
      rmSync(lock, { force: true });
    }
  }
  throw running(directory, undefined);
}

function holderOf(lock: string): ProcessMark | undefined {
  try {
    const value: unknown = JSON.parse(readFileSync(lock, "utf8"));
    if (typeof value !== "object" || value === null || !("pid" in value)) return undefined;
    const texts = Object.entries(value).filter(([, one]) => typeof one === "string");
    return { ...Object.fromEntries(texts), pid: Number(value.pid) };
  } catch {
    // It was given back meanwhile, or its holder was killed before it said who it is.
    return undefined;
  }
}

function running(directory: string, holder: ProcessMark | undefined): UserError {
  return new UserError({
    reason: "pull-running",
    message: `Another process${holder === undefined ? "" : ` (${holder.pid})`} fetches into the same directory.`,
    hint: `Wait until it is done. If there is none, remove what it left: rm -r '${directory}'`,
    exitCode: EXIT.retry,
  });
}

function foreign(directory: string): UserError {
  return new UserError({
    reason: "staging-foreign",
    message: `${directory} belongs to somebody else, and what is fetched would lie there until it is whole.`,
    hint: "Name another directory, or have it removed.",
    exitCode: EXIT.denied,
  });
}
