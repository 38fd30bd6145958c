import { createWriteStream } from "node:fs";
import { chmod, lstat, mkdir, symlink } from "node:fs/promises";
import { dirname, join } from "node:path";
import { pipeline } from "node:stream/promises";
import { ZipArchive, type ArchiveEntry } from "./zip-archive.ts";

/** Beanstalk's own limit for a source bundle, unpacked files excluded. */
const MAX_UNPACKED = 20 * 2 ** 30;

function checkSize(archive: ZipArchive): void {
  if (archive.entries.reduce((sum, entry) => sum + entry.size, 0) > MAX_UNPACKED) {
    throw new Error("The source bundle unpacks to more than 20 GiB.");
  }
}

/** Opens a source bundle and looks at its list of files. Throws what is wrong with it. */
export async function checkBundle(file: string): Promise<void> {
  const archive = await ZipArchive.open(file);
  try {
    if (archive.entries.every((entry) => entry.kind === "directory")) {
      throw new Error("The source bundle is empty.");
    }
    checkSize(archive);
  } finally {
    archive.close();
  }
}

/** Nothing is written through a link: every directory above a path has to be a real one. */
async function makeParents(root: string, name: string): Promise<void> {
  const parents = name.split("/").slice(0, -1);
  let path = root;
  for (const parent of parents) {
    path = join(path, parent);
    await mkdir(path, { recursive: true });
    if (!(await lstat(path)).isDirectory()) {
      throw new Error(`The source bundle writes through a link: ${name}`);
    }
  }
}

async function unpackEntry(archive: ZipArchive, root: string, entry: ArchiveEntry): Promise<void> {
  await makeParents(root, entry.name);
  const target = join(root, entry.name);
  if (entry.kind === "directory") {
    await mkdir(target, { recursive: true });
    return;
  }
  const mode = entry.mode === 0 ? 0o644 : entry.mode;
  await pipeline(await archive.read(entry), createWriteStream(target, { flags: "wx", mode }));
  // The process's umask must not take permissions away that the bundle gives.
  await chmod(target, mode);
}

/** Unpacks a bundle into a directory that does not exist yet. Throws what is wrong with it. */
export async function unpackBundle(file: string, directory: string): Promise<void> {
  await mkdir(dirname(directory), { recursive: true });
  await mkdir(directory);
  const archive = await ZipArchive.open(file);
  try {
    checkSize(archive);
    for (const entry of archive.entries.filter(({ kind }) => kind !== "link")) {
      await unpackEntry(archive, directory, entry);
    }
    // Links come last, so that no file of the bundle can be written through one.
    for (const entry of archive.entries.filter(({ kind }) => kind === "link")) {
      await makeParents(directory, entry.name);
      await symlink(await archive.readText(entry), join(directory, entry.name));
    }
  } finally {
    archive.close();
  }
}
