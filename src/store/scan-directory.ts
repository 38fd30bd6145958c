import type { Stats } from "node:fs";
import { lstat, readdir, realpath, stat } from "node:fs/promises";
import path from "node:path";
import { EXIT, UserError } from "../errors.ts";
import { MANIFEST_NAME } from "./layout.ts";
import { isSafePath } from "./manifest.ts";

/** A file of a model directory on this machine, before it is read. */
export interface LocalFile {
  /** Relative, with `/` between its parts. */
  readonly path: string;
  readonly absolute: string;
  readonly size: number;
  readonly mode: number;
  readonly mtimeMs: number;
}

/** More files than this is no model but a mistake: a home directory, say. */
const MOST_FILES = 200_000;

/**
 * Lists a model directory: files and, through links that stay inside, what they lead to. Anything that cannot be sent as it is
 * (devices, links that leave, names with control characters) is refused by name, before anything is changed.
 */
export async function scanDirectory(directory: string): Promise<readonly LocalFile[]> {
  const base = await realpath(directory).catch(() => {
    throw problem("no-directory", `${directory} does not exist.`, "Name the directory that holds the model.");
  });
  if (!(await stat(base)).isDirectory())
    throw problem(
      "no-directory",
      `${directory} is not a directory.`,
      "Name the directory that holds the model.",
    );
  const files: LocalFile[] = [];
  await visit(base, "", base, files);
  if (files.length === 0)
    throw problem(
      "empty-directory",
      `${directory} holds no files.`,
      "Name the directory that holds the model.",
    );
  return files.toSorted((a, b) => (a.path < b.path ? -1 : 1));
}

async function visit(directory: string, prefix: string, base: string, files: LocalFile[]): Promise<void> {
  for (const name of await readdir(directory)) {
    const relative = prefix === "" ? name : `${prefix}/${name}`;
    const absolute = path.join(directory, name);
    if (relative === MANIFEST_NAME) continue;
    if (!isSafePath(relative))
      throw problem(
        "bad-file-name",
        `${JSON.stringify(relative)} cannot be the name of a file in a store.`,
        "Rename it: no control characters, no backslashes, at most 255 bytes a part.",
      );
    const found = await describe(absolute, relative, base);
    if (found.isDirectory()) {
      // A link to a directory may lead around in a circle; a real one cannot.
      if ((await lstat(absolute)).isSymbolicLink())
        throw problem(
          "link-to-directory",
          `${relative} is a link to a directory.`,
          "Copy the directory instead.",
        );
      await visit(absolute, relative, base, files);
      continue;
    }
    if (!found.isFile())
      throw problem(
        "special-file",
        `${relative} is a device, a pipe or a socket.`,
        "Move it out of the directory.",
      );
    if (files.length >= MOST_FILES)
      throw problem(
        "too-many-files",
        `${base} holds more than ${MOST_FILES} files.`,
        "Is it the right directory?",
      );
    files.push({
      path: relative,
      absolute,
      size: found.size,
      mode: (found.mode & 0o111) === 0 ? 0o644 : 0o755,
      mtimeMs: found.mtimeMs,
    });
  }
}

async function describe(absolute: string, relative: string, base: string): Promise<Stats> {
  const own = await lstat(absolute);
  if (!own.isSymbolicLink()) return own;
  const target = await realpath(absolute).catch(() => undefined);
  if (target === undefined)
    throw problem(
      "broken-link",
      `${relative} is a link to nothing.`,
      "Remove it, or restore what it leads to.",
    );
  if (!target.startsWith(base + path.sep))
    throw problem(
      "link-leaves",
      `${relative} is a link that leads out of the directory, to ${target}.`,
      "Copy the file into the directory: what is pushed must be there as a whole.",
    );
  return stat(target);
}

function problem(reason: string, message: string, hint: string): UserError {
  return new UserError({ reason, message, hint, exitCode: EXIT.usage });
}
