import { readFileSync, statSync } from "node:fs";
import { mkdtemp, open, readdir, rm, statfs, truncate } from "node:fs/promises";
import { join } from "node:path";

/** @import { FileHandle } from "node:fs/promises" */

/** Where Linux keeps files in memory, up to half of it unless somebody changed that. */
const SHARED_MEMORY = "/dev/shm";

const PREFIX = "bertops-";

/** What must stay free there, for others. */
const MARGIN_BYTES = 16e6;

/**
 * A directory of files in memory. ONNX Runtime maps weights that it finds in a file, but copies those that it is handed,
 * twice: a model loads in half the time when its weights are read to here first. Unlike with a file that is mapped in the
 * store, what happens to the store afterwards does not matter.
 * @typedef {object} MemoryDirectory
 * @property {string} path
 * @property {(name: string) => Promise<FileHandle>} create
 * @property {(name: string) => Promise<void>} release gives back the memory behind the last byte that is still mapped
 * @property {() => Promise<void>} remove what is mapped stays until it is not
 */

/**
 * Can that many bytes be kept there?
 * @param {number} bytes
 */
export async function fitsIntoMemoryDirectory(bytes) {
  if (process.platform !== "linux") return false;
  const space = await statfs(SHARED_MEMORY).catch(() => undefined);
  return space !== undefined && space.bavail * space.bsize >= bytes + MARGIN_BYTES;
}

/**
 * Makes one, with room for that many bytes; undefined where there is no such place, or not enough of it.
 * @param {number} bytes
 * @returns {Promise<MemoryDirectory | undefined>}
 */
export async function openMemoryDirectory(bytes) {
  await removeLeftBehind();
  if (!(await fitsIntoMemoryDirectory(bytes))) return undefined;
  // A container may have it and not let anybody write there.
  const path = await mkdtemp(join(SHARED_MEMORY, `${PREFIX}${process.pid}-`)).catch(() => undefined);
  if (path === undefined) return undefined;
  return {
    path,
    create: (name) => open(join(path, name), "wx+", 0o600),
    release: (name) => release(join(path, name)),
    remove: () => rm(path, { recursive: true, force: true }),
  };
}

/** What needs no time is done at once, so that memory is given back while something else is computed. @param {string} path */
async function release(path) {
  const maps = readFileSync("/proc/self/maps", "utf8");
  let end = 0;
  for (const line of maps.split("\n")) {
    if (!line.endsWith(` ${path}`)) continue;
    const [, from = "", to = "", offset = ""] = /^([0-9a-f]+)-([0-9a-f]+) \S+ ([0-9a-f]+) /.exec(line) ?? [];
    end = Math.max(end, Number.parseInt(offset, 16) + Number.parseInt(to, 16) - Number.parseInt(from, 16));
  }
  const { size } = statSync(path);
  if (end < size) await truncate(path, end);
}

/** Removes the files of processes that were killed while they loaded and could not clean up. */
export async function removeLeftBehind() {
  const names = await readdir(SHARED_MEMORY).catch(() => []);
  for (const name of names) {
    const owner = new RegExp(`^${PREFIX}(\\d+)-`).exec(name)?.[1];
    if (owner === undefined || isAlive(Number(owner))) continue;
    await rm(join(SHARED_MEMORY, name), { recursive: true, force: true }).catch(() => {});
  }
}

/** @param {number} pid */
function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
}
