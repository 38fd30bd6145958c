import { closeSync, mkdirSync, openSync, rmSync } from "node:fs";
import path from "node:path";
import { EXIT, UserError } from "../../errors.ts";
import { INCOMING_NAME, MANIFEST_NAME } from "../layout.ts";
import type { Manifest } from "../manifest.ts";

/** Names that some file systems take for one, at the place where they differ: `a/Model` and `a/model`. */
export interface Twins {
  readonly one: string;
  readonly other: string;
}

/** Refuses a manifest that no directory can be like; every path was found to stay inside before. */
export function checkNames({
  files,
  emptyDirectories = [],
}: Pick<Manifest, "files" | "emptyDirectories">): void {
  const taken = new Set<string>();
  for (const { path: name } of files) {
    const [top = ""] = name.split("/");
    if (name === MANIFEST_NAME || top === INCOMING_NAME)
      throw impossible(`${name} is a name of bertops' own`);
    if (taken.has(name)) throw impossible(`${name} is in it twice`);
    taken.add(name);
  }
  for (const name of [...taken, ...emptyDirectories])
    for (let at = name.indexOf("/"); at !== -1; at = name.indexOf("/", at + 1))
      if (taken.has(name.slice(0, at)))
        throw impossible(`${name.slice(0, at)} is both a file and a directory`);
  for (const name of emptyDirectories)
    if (taken.has(name)) throw impossible(`${name} is both a file and a directory`);
}

/** Names, of files and of directories, that differ only in case or in how Unicode composes them. */
export function findTwins(paths: Iterable<string>): readonly Twins[] {
  const seen = new Map<string, string>();
  const twins: Twins[] = [];
  let last = "";
  for (const whole of paths) {
    const end = whole.lastIndexOf("/");
    // The directories of neighbours in the list were mostly seen with the one before.
    const from = end === last.length && whole.startsWith(last) ? end + 1 : 0;
    last = whole.slice(0, Math.max(0, end));
    for (let at = whole.indexOf("/", from); ; at = whole.indexOf("/", at + 1)) {
      const one = at === -1 ? whole : whole.slice(0, at);
      const folded = one.normalize("NFC").toLowerCase();
      const other = seen.get(folded);
      if (other === undefined) seen.set(folded, one);
      // Where only what they lie in differs, that was found already.
      else if (path.posix.basename(one) !== path.posix.basename(other))
        twins.push({ one: other, other: one });
      if (at === -1) break;
    }
  }
  return twins;
}

/** Pairs that are tried out; a file system that keeps as many apart keeps all of them apart. */
const MOST_TRIED = 64;

/** Refuses twins that the file system of a directory takes for one: one would silently take the other's place. */
export function checkTwins(
  twins: readonly Twins[],
  directory: string,
  isOne: (directory: string, twins: Twins) => boolean = takesForOne,
): void {
  for (const pair of twins.slice(0, MOST_TRIED))
    if (isOne(directory, pair))
      throw new UserError({
        reason: "names-collide",
        message: `${pair.one} and ${pair.other} are one name to the file system of ${directory}.`,
        hint: "Fetch the version to a file system that tells them apart.",
        exitCode: EXIT.usage,
      });
}

function takesForOne(directory: string, { one, other }: Twins): boolean {
  const place = path.join(directory, "names");
  mkdirSync(place, { recursive: true });
  try {
    for (const name of [one, other]) closeSync(openSync(path.join(place, path.posix.basename(name)), "wx"));
    return false;
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "EEXIST") return true;
    throw error;
  } finally {
    rmSync(place, { recursive: true, force: true });
  }
}

function impossible(why: string): UserError {
  return new UserError({
    reason: "manifest-damaged",
    message: `The version's manifest says what no directory can be: ${why}.`,
    hint: "Nothing was fetched. It was damaged, or somebody tampered with the store.",
    next: ["bertops models verify", "bertops models list"],
  });
}
