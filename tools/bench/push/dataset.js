/** The data that is pushed: incompressible, the same at every run, and written yesterday, so that rsync sees what changed since. */
import { createCipheriv } from "node:crypto";
import { mkdir, open, utimes, writeFile } from "node:fs/promises";
import path from "node:path";

const MIB = 1024 * 1024;

const YESTERDAY = new Date(Date.now() - 86_400_000);

/** An endless stream of pseudo-random bytes: AES in counter mode over zeros. */
class Noise {
  #cipher;

  /** @param {number} seed */
  constructor(seed) {
    const key = Buffer.alloc(16);
    key.writeUInt32LE(seed);
    this.#cipher = createCipheriv("aes-128-ctr", key, Buffer.alloc(16));
  }

  /** @param {number} size */
  bytes(size) {
    return this.#cipher.update(Buffer.alloc(size));
  }
}

/**
 * Writes `DIRECTORY/weights.bin` of so many bytes.
 * @param {string} directory
 * @param {number} size
 */
export async function writeLargeFile(directory, size) {
  await mkdir(directory, { recursive: true });
  const noise = new Noise(1);
  const name = path.join(directory, "weights.bin");
  const file = await open(name, "w");
  for (let left = size; left > 0; left -= MIB) await file.write(noise.bytes(Math.min(left, MIB)));
  await file.close();
  await utimes(name, YESTERDAY, YESTERDAY);
}

/**
 * A file of so many bytes of which the disk holds almost none: zeros, and a megabyte of noise every hundred.
 * @param {string} directory
 * @param {number} size
 */
export async function writeSparseFile(directory, size) {
  await mkdir(directory, { recursive: true });
  const noise = new Noise(4);
  const file = await open(path.join(directory, "weights.bin"), "w");
  await file.truncate(size);
  for (let at = 0; at + MIB <= size; at += 100 * MIB) await file.write(noise.bytes(MIB), 0, MIB, at);
  await file.close();
}

/**
 * Writes `count` files of `size` bytes, a hundred to a folder.
 * @param {string} directory
 * @param {number} count
 * @param {number} size
 */
export async function writeSmallFiles(directory, count, size) {
  const noise = new Noise(2);
  for (let index = 0; index < count; index++) {
    const folder = path.join(directory, `part-${Math.floor(index / 100)}`);
    if (index % 100 === 0) await mkdir(folder, { recursive: true });
    await writeFile(path.join(folder, `piece-${index}.txt`), noise.bytes(size));
  }
}

/**
 * Overwrites `count` runs of `size` bytes, spread over the file.
 * @param {string} directory
 * @param {number} count
 * @param {number} size
 * @param {number} [from] where the first may begin, as a share of the file
 * @param {number} [to] where the last must end
 */
export async function scatterChanges(directory, count, size, from = 0, to = 1) {
  const noise = new Noise(3);
  const file = await open(path.join(directory, "weights.bin"), "r+");
  const { size: total } = await file.stat();
  const stride = Math.floor((total * (to - from)) / count);
  for (let index = 0; index < count; index++)
    await file.write(noise.bytes(size), 0, size, Math.floor(total * from) + index * stride);
  await file.close();
}
