import type { BigIntStats } from "node:fs";
import { readdir, realpath, stat } from "node:fs/promises";
import path from "node:path";
import { EXIT, UserError } from "../errors.ts";
import { INCOMING_NAME, MANIFEST_NAME } from "./layout.ts";
import { fileStatus } from "./file-status.ts";
import { followLink, type LinkRules, type Place } from "./follow-link.ts";
import { isSafePath } from "./manifest.ts";
import { type Stamp, stampOf } from "./stamp.ts";

/** A file of a model directory on this machine, before it is read. */
export interface LocalFile {
  /** Relative, with `/` between its parts. */
  readonly path: string;
  readonly absolute: string;
  readonly size: number;
  readonly mode: number;
  /** What tells that it is still the file that was listed. */
  readonly stamp: Stamp;
}

/** What a directory holds; both lists are sorted by path. */
export interface LocalTree {
  readonly files: readonly LocalFile[];
  /** Relative paths of directories that no file implies. */
  readonly emptyDirectories: readonly string[];
}

export interface ScanOptions {
  /** Follow links wherever they lead; otherwise one that leaves the directory is refused. */
  readonly copyLinks?: boolean;
}

/** More files than this is no model but a mistake: a home directory, say. */
const MOST_FILES = 200_000;
/** Links of one directory that are followed at once. */
const AT_ONCE = 64;

/**
 * Lists a model directory: files and, through links, what they lead to. Anything that cannot be sent as it is (devices, links
 * that leave, names with control characters) is refused by name, before anything is changed.
 */
export async function scanDirectory(directory: string, options: ScanOptions = {}): Promise<LocalTree> {
  const base = await realpath(directory).catch((error: unknown) => {
    throw noDirectory(directory, error);
  });
  if (!(await stat(base)).isDirectory()) throw noDirectory(directory, { code: "ENOTDIR" });
  const walk: Walk = { base, links: { base, all: options.copyLinks === true }, files: [], empty: [] };
  await visit(walk, base, "", [base]);
  if (walk.files.length === 0)
    throw refusal(
      "empty-directory",
      `${directory} holds no files.`,
      "Name the directory that holds the model.",
    );
  return {
    files: walk.files.toSorted((a, b) => (a.path < b.path ? -1 : 1)),
    emptyDirectories: walk.empty.toSorted(),
  };
}

interface Walk {
  readonly base: string;
  readonly links: LinkRules;
  readonly files: LocalFile[];
  readonly empty: string[];
}

/** `above` holds the real places of the directories that lead here: a link to one of them would never end. */
async function visit(walk: Walk, directory: string, prefix: string, above: readonly string[]): Promise<void> {
  const places = placesOf(directory, prefix, await namesIn(directory, prefix));
  const links: Place[] = [];
  const directories: (Place & { readonly linked: boolean })[] = [];
  const paths = places.map(({ absolute }) => absolute);
  await fileStatus(paths, "lstat", (status, index) => {
    const place = places[index];
    if (place === undefined) return;
    if (status instanceof Error) throw vanished(place.relative, status);
    if (status.isSymbolicLink()) links.push(place);
    else if (status.isDirectory()) directories.push({ ...place, linked: false });
    else addFile(walk, place, status);
  });
  for (let first = 0; first < links.length; first += AT_ONCE) {
    const some = links.slice(first, first + AT_ONCE);
    const targets = await Promise.all(some.map((link) => followLink(link, walk.links)));
    for (const [index, place] of some.entries()) {
      const stats = targets[index];
      if (stats?.isDirectory() === true) directories.push({ ...place, linked: true });
      else if (stats !== undefined) addFile(walk, place, stats);
    }
  }
  for (const one of directories) {
    const place = one.linked ? await realpath(one.absolute) : one.absolute;
    if (above.includes(place)) throw linkLoop(one.relative);
    await visit(walk, one.absolute, one.relative, [...above, place]);
  }
  if (places.length === 0 && prefix !== "") walk.empty.push(prefix);
}

/** Where the entries of a directory lie, without what a fetch keeps there, which is no part of the model. */
function placesOf(directory: string, prefix: string, names: readonly string[]): readonly Place[] {
  const [above, before] = [
    directory === path.sep ? directory : directory + path.sep,
    prefix === "" ? "" : `${prefix}/`,
  ];
  const places = names.map((name) => ({ relative: before + name, absolute: above + name }));
  const kept = places.filter(({ relative }) => relative !== MANIFEST_NAME && relative !== INCOMING_NAME);
  for (const { relative } of kept) if (!isSafePath(relative)) throw badName(JSON.stringify(relative));
  return kept;
}

function addFile(walk: Walk, { relative, absolute }: Place, stats: BigIntStats): void {
  if (!stats.isFile())
    throw refusal(
      "special-file",
      `${relative} is a device, a pipe or a socket.`,
      "Move it out of the directory.",
    );
  if (walk.files.length >= MOST_FILES)
    throw refusal(
      "too-many-files",
      `${walk.base} holds more than ${MOST_FILES} files.`,
      "Is it the right directory?",
    );
  walk.files.push(localFile(relative, absolute, stats));
}

/** The names in a directory. Bytes that are no UTF-8 would come back as other names than they are. */
async function namesIn(directory: string, prefix: string): Promise<readonly string[]> {
  try {
    const names = await readdir(directory);
    if (names.some((name) => name.includes("\uFFFD")))
      for (const bytes of await readdir(directory, { encoding: "buffer" }))
        if (!Buffer.from(bytes.toString("utf8")).equals(bytes))
          throw badName(JSON.stringify(path.posix.join(prefix, bytes.toString("latin1"))));
    return names;
  } catch (error) {
    if (error instanceof UserError) throw error;
    throw refusal(
      "file-unreadable",
      `${prefix === "" ? directory : prefix} cannot be listed: ${error instanceof Error ? error.message : String(error)}`,
      "See its permissions.",
    );
  }
}

function badName(shown: string): UserError {
  return refusal(
    "bad-file-name",
    `${shown} cannot be the name of a file in a store.`,
    "Rename it: valid UTF-8, no control characters, no backslashes, at most 255 bytes a part.",
  );
}

function linkLoop(relative: string): UserError {
  return refusal(
    "link-loop",
    `${relative} is a link to a directory that it lies in: there would be no end.`,
    "Remove the link.",
  );
}

function vanished(relative: string, error: unknown): UserError {
  return new UserError({
    reason: "file-changed",
    message: `${relative} vanished while the directory was listed.`,
    hint: "Wait until whatever writes there is done, then run the same command again.",
    exitCode: EXIT.retry,
    cause: error,
  });
}

function noDirectory(directory: string, error: unknown): UserError {
  const code = typeof error === "object" && error !== null && "code" in error ? error.code : undefined;
  const why =
    code === "ENOENT"
      ? "does not exist"
      : code === "ENOTDIR"
        ? "is not a directory"
        : code === "ELOOP"
          ? "is a link that leads to itself"
          : "cannot be opened; see its permissions";
  return refusal("no-directory", `${directory} ${why}.`, "Name the directory that holds the model.");
}

function refusal(reason: string, message: string, hint: string): UserError {
  return new UserError({ reason, message, hint, exitCode: EXIT.usage });
}

/** A file by its path in the directory and what the file system says of it. */
export function localFile(relative: string, absolute: string, stats: BigIntStats): LocalFile {
  return {
    path: relative,
    absolute,
    size: Number(stats.size),
    mode: (stats.mode & 0o111n) === 0n ? 0o644 : 0o755,
    stamp: stampOf(stats),
  };
}
