import { uint32, uint64 } from "./protocol.js";

const HAS = { size: 1, owner: 2, mode: 4, times: 8, extended: 0x80000000 };

/**
 * What a client wants a file to be.
 * @typedef {{ size?: number, uid?: number, gid?: number, mode?: number, atime?: number, mtime?: number }} Attributes
 */

/**
 * Reads the attributes of a request.
 * @param {import("./protocol.js").Reader} reader
 * @returns {Attributes}
 */
export function readAttributes(reader) {
  /** @type {Attributes} */
  const attributes = {};
  if (reader.left === 0) return attributes;
  const flags = reader.uint32();
  if (flags & HAS.size) attributes.size = reader.uint64();
  if (flags & HAS.owner) {
    attributes.uid = reader.uint32();
    attributes.gid = reader.uint32();
  }
  if (flags & HAS.mode) attributes.mode = reader.uint32();
  if (flags & HAS.times) {
    attributes.atime = reader.uint32();
    attributes.mtime = reader.uint32();
  }
  return attributes;
}

/**
 * Writes what a file is.
 * @param {import("node:fs").Stats} stats
 */
export function writeAttributes(stats) {
  return Buffer.concat([
    uint32(HAS.size | HAS.owner | HAS.mode | HAS.times),
    uint64(Math.max(0, stats.size)),
    uint32(stats.uid),
    uint32(stats.gid),
    uint32(stats.mode),
    uint32(Math.floor(stats.atimeMs / 1000)),
    uint32(Math.floor(stats.mtimeMs / 1000)),
  ]);
}

/** A file that does not say what it is: the reply to a path that was only made longer. */
export function noAttributes() {
  return uint32(0);
}

/**
 * A line of `ls -l`, which clients show as it is.
 * @param {string} name
 * @param {import("node:fs").Stats} stats
 */
export function longName(name, stats) {
  const kind = stats.isDirectory() ? "d" : stats.isSymbolicLink() ? "l" : stats.isFile() ? "-" : "s";
  const bits = [0o400, 0o200, 0o100, 0o40, 0o20, 0o10, 0o4, 0o2, 0o1];
  const mode = bits.map((bit, at) => (stats.mode & bit ? "rwx"[at % 3] : "-")).join("");
  const date = stats.mtime.toISOString().slice(0, 10);
  const numbers = `${String(stats.nlink).padStart(3)} ${String(stats.uid).padEnd(8)} ${String(stats.gid).padEnd(8)}`;
  return `${kind}${mode} ${numbers} ${String(stats.size).padStart(8)} ${date} ${name}`;
}
