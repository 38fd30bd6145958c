import { promisify } from "node:util";
import { constants, deflateRaw } from "node:zlib";
import { BLOCK_SIZE, type ManifestFile } from "../manifest.ts";

/** When blocks are compressed: auto means where the link is slower than that takes. */
export type Compression = "auto" | "always" | "never";

/** How a block was packed: deflate as a whole; or 32-bit floats, whose exponents alone are worth packing. */
export type Codec = 1 | 2;

export interface PackedBlock {
  readonly codec: Codec;
  readonly data: Buffer;
}

/** Packs blocks that get smaller by it. */
export interface BlockPacker {
  /** May blocks of so many bytes travel packed now? */
  isWorthIt(length: number): boolean;
  /** Undefined where the block had better travel as it is. */
  pack(file: ManifestFile, block: Buffer): Promise<PackedBlock | undefined>;
}

const deflate = promisify(deflateRaw);
const FAST = { level: 1 };
const HUFFMAN = { level: 1, strategy: constants.Z_HUFFMAN_ONLY };
/** Only a gain of a twentieth is worth the other side's work. */
const WORTH = 0.95;
const SMALLEST = 16 * 1024;
/** Blocks after which a file is looked at anew: its parts differ. */
const ASK_AGAIN = 64;

/** Makes a packer; `wanted` is asked for each block. */
export function blockPacker(wanted: () => boolean): BlockPacker {
  const choices = new WeakMap<ManifestFile, { readonly codec: Codec | undefined; left: number }>();
  const isWorthIt = (length: number): boolean => length >= SMALLEST && wanted();
  return {
    isWorthIt,
    async pack(file, block) {
      if (!isWorthIt(block.length)) return undefined;
      let choice = choices.get(file);
      if (choice === undefined || choice.left-- <= 0) {
        choice = { codec: await choose(block), left: ASK_AGAIN };
        choices.set(file, choice);
      }
      if (choice.codec === undefined) return undefined;
      const data = await encode(choice.codec, block);
      return data !== undefined && data.length < block.length * WORTH
        ? { codec: choice.codec, data }
        : undefined;
    },
  };
}

async function choose(block: Buffer): Promise<Codec | undefined> {
  const [whole, floats] = await Promise.all([encode(1, block), encode(2, block)]);
  const best = Math.min(whole?.length ?? block.length, floats?.length ?? block.length);
  if (best >= block.length * WORTH) return undefined;
  return best === whole?.length ? 1 : 2;
}

async function encode(codec: Codec, block: Buffer): Promise<Buffer | undefined> {
  if (codec === 1) return deflate(block, FAST);
  if (block.length % 4 !== 0 || block.byteOffset % 4 !== 0 || block.length > BLOCK_SIZE) return undefined;
  const planes = exponentPlanes(block);
  const top = await deflate(planes.subarray(0, block.length / 4), HUFFMAN);
  const size = Buffer.alloc(4);
  size.writeUInt32BE(top.length, 0);
  return Buffer.concat([size, top, planes.subarray(block.length / 4)]);
}

/**
 * Turns each little-endian 32-bit word left by one bit, which puts a float's sign at the end and its exponent into one byte, and
 * gathers the words' bytes: all exponents first, then the rest from the highest to the lowest.
 */
export function exponentPlanes(block: Buffer): Buffer {
  const count = block.length / 4;
  const words = new Uint32Array(block.buffer, block.byteOffset, count);
  const planes = Buffer.allocUnsafe(block.length);
  for (let index = 0; index < count; index++) {
    const word = words[index] ?? 0;
    const turned = (word << 1) | (word >>> 31);
    planes[index] = turned >>> 24;
    planes[count + index] = turned >>> 16;
    planes[2 * count + index] = turned >>> 8;
    planes[3 * count + index] = turned;
  }
  return planes;
}
