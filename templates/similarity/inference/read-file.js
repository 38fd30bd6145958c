import { open } from "node:fs/promises";

/** @import { FileHandle } from "node:fs/promises" */
/** @import { Checker } from "./checker.js" */
/** @import { ManifestFile } from "../model/manifest.js" */

/** What one NFS request carries; pieces that stay in the processor's cache between reading, hashing and writing. */
const READ_BYTES = 1024 * 1024;

/** Reads under way at once; EFS gives a single stream only a part of what it can. */
const READS_AT_ONCE = 8;

/**
 * What is known of a file, and who is told how far it is.
 * @typedef {{ expected?: ManifestFile | undefined, blockSize: number, read: (bytes: number) => void }} Reading
 */

/**
 * Reads a file into memory.
 * @param {string} path
 * @param {Reading} reading
 * @returns {Promise<Buffer<ArrayBuffer>>} a buffer that owns its memory
 */
export async function readWholeFile(path, reading) {
  let content = Buffer.alloc(0);
  await readPieces(path, reading, {
    compare: true,
    begin: async (size) => void (content = Buffer.allocUnsafeSlow(size)),
    buffers: () => (from, to) => content.subarray(from, to),
    take: async () => {},
  });
  return content;
}

/**
 * Copies a file to another that `create` makes when the size is known. A checker, where there is one, compares the copy.
 * @param {string} path
 * @param {Reading} reading
 * @param {{ create: (size: number) => Promise<FileHandle>, checker?: Checker | undefined }} to
 */
export async function copyWholeFile(path, reading, { create, checker }) {
  /** @type {FileHandle | undefined} */
  let copy;
  try {
    await readPieces(path, reading, {
      compare: checker === undefined,
      begin: async (size) => void (copy = await create(size)),
      buffers: (pieceBytes) => {
        const buffer = Buffer.allocUnsafeSlow(pieceBytes);
        return (from, to) => buffer.subarray(0, to - from);
      },
      take: async (part, from) => {
        for (let done = 0; done < part.length;) {
          done += (await copy?.write(part, done, part.length - done, from + done))?.bytesWritten ?? 0;
        }
        checker?.part(from, part.length);
      },
    });
  } finally {
    await copy?.close();
  }
}

/**
 * Reads a file in large pieces, several at once, since mapped pages would arrive four kilobytes at a time over NFS. Where
 * it is to compare, it compares each block with the manifest as it comes.
 * @param {string} path
 * @param {Reading} reading
 * @param {{ compare: boolean, begin: (size: number) => Promise<void>,
 *   buffers: (pieceBytes: number) => (from: number, to: number) => Buffer<ArrayBuffer>,
 *   take: (part: Buffer<ArrayBuffer>, from: number) => Promise<void> }} into `buffers` is called once for each read under way
 */
async function readPieces(path, { expected, blockSize, read }, { compare, begin, buffers, take }) {
  const file = await open(path, "r");
  try {
    const { size } = await file.stat();
    if (expected !== undefined && expected.size !== size) {
      throw new Error(`${path} has ${size} bytes; its manifest says ${expected.size}`);
    }
    await begin(size);
    const piece = Math.max(1, Math.floor(READ_BYTES / blockSize)) * blockSize;
    let next = 0;
    const reader = async () => {
      if (next >= size) return;
      const bufferFor = buffers(Math.min(piece, size));
      while (next < size) {
        const from = next;
        next += piece;
        const part = bufferFor(from, Math.min(size, from + piece));
        await fill(file, part, from, path);
        if (compare && expected !== undefined) await verify(part, from, expected, blockSize, path);
        await take(part, from);
        read(part.length);
      }
    };
    await settled(Array.from({ length: READS_AT_ONCE }, reader));
  } finally {
    await file.close();
  }
}

/** Waits for all, also after one has failed: a file must not be closed under a read. @param {Promise<void>[]} all */
async function settled(all) {
  const failed = (await Promise.allSettled(all)).find((one) => one.status === "rejected");
  if (failed !== undefined) throw failed.reason;
}

/** @param {FileHandle} file @param {Buffer} part @param {number} from @param {string} path */
async function fill(file, part, from, path) {
  let done = 0;
  while (done < part.length) {
    const { bytesRead } = await file.read(part, done, part.length - done, from + done);
    if (bytesRead === 0) throw new Error(`${path} ended while it was read`);
    done += bytesRead;
  }
}

/** @param {Buffer<ArrayBuffer>} part @param {number} from @param {ManifestFile} expected @param {number} blockSize @param {string} path */
async function verify(part, from, expected, blockSize, path) {
  for (let start = 0; start < part.length; start += blockSize) {
    // This hash, unlike createHash, is computed on a thread of its own.
    const hash = await crypto.subtle.digest("SHA-256", part.subarray(start, start + blockSize));
    checkHash(Buffer.from(hash).toString("hex"), { expected, path, block: (from + start) / blockSize });
  }
}

/**
 * Throws where a block's hash is not the manifest's.
 * @param {string} hash
 * @param {{ expected: ManifestFile, path: string, block: number }} of
 */
export function checkHash(hash, { expected, path, block }) {
  if (hash === expected.blocks[block]) return;
  throw new Error(
    `${path} differs from its manifest in block ${block}: it was damaged or changed after the push`,
  );
}
