import { createHash } from "node:crypto";
import { open } from "node:fs/promises";

/** @import { ManifestFile } from "../model/manifest.js" */

/** A read of this size is one that a network file system answers at full speed. */
const READ_BYTES = 4 * 1024 * 1024;

/** Reads under way at once; EFS gives a single stream only a part of what it can. */
const READS_AT_ONCE = 8;

/**
 * Reads a file into memory in large pieces, several at once, and checks each block against the manifest as it comes.
 * Mapping the file would be less work, but over NFS mapped pages arrive four kilobytes at a time, and a version that
 * is removed while it is mapped would take the process with it.
 * @param {string} path
 * @param {{ expected?: ManifestFile | undefined, blockSize: number, read: (bytes: number) => void }} options
 * @returns {Promise<Buffer>} a buffer that owns its memory
 */
export async function readWholeFile(path, { expected, blockSize, read }) {
  const file = await open(path, "r");
  try {
    const { size } = await file.stat();
    if (expected !== undefined && expected.size !== size) {
      throw new Error(`${path} has ${size} bytes; its manifest says ${expected.size}`);
    }
    const content = Buffer.allocUnsafeSlow(size);
    const piece = Math.max(1, Math.floor(READ_BYTES / blockSize)) * blockSize;
    let next = 0;
    const reader = async () => {
      while (next < size) {
        const from = next;
        next += piece;
        const to = Math.min(size, from + piece);
        await fill(file, content.subarray(from, to), from, path);
        if (expected !== undefined) verify(content, from, to, expected, blockSize, path);
        read(to - from);
      }
    };
    await Promise.all(Array.from({ length: READS_AT_ONCE }, reader));
    return content;
  } finally {
    await file.close();
  }
}

/** @param {import("node:fs/promises").FileHandle} file @param {Buffer} part @param {number} from @param {string} path */
async function fill(file, part, from, path) {
  let done = 0;
  while (done < part.length) {
    const { bytesRead } = await file.read(part, done, part.length - done, from + done);
    if (bytesRead === 0) throw new Error(`${path} ended while it was read`);
    done += bytesRead;
  }
}

/**
 * @param {Buffer} content @param {number} from @param {number} to @param {ManifestFile} expected
 * @param {number} blockSize @param {string} path
 */
function verify(content, from, to, expected, blockSize, path) {
  for (let start = from; start < to; start += blockSize) {
    const block = start / blockSize;
    const end = Math.min(to, start + blockSize);
    const hash = createHash("sha256").update(content.subarray(start, end)).digest("hex");
    if (hash !== expected.blocks[block]) {
      throw new Error(
        `${path} differs from its manifest in block ${block}: it was damaged or changed after the push`,
      );
    }
  }
}
