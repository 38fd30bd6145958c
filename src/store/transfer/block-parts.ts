import { hash } from "node:crypto";

/** Blocks that changed are compared by parts of this many bytes. */
export const PART_SIZE = 8192;
/** Bytes of a part's hash that are compared: should two parts be alike by chance, the block's own hash tells. */
export const PART_HASH_SIZE = 8;

/** A run of bytes in a block. */
export interface Run {
  readonly offset: number;
  readonly length: number;
}

/** Where a block is not what the hashes of another block's parts say, neighbouring parts as one. */
export function differingRuns(block: Buffer, hashes: Buffer): readonly Run[] {
  const runs: { offset: number; length: number }[] = [];
  for (let offset = 0, at = 0; offset < block.length; offset += PART_SIZE, at += PART_HASH_SIZE) {
    const part = block.subarray(offset, offset + PART_SIZE);
    const own = hash("sha256", part, "buffer");
    const theirs = hashes.subarray(at, at + PART_HASH_SIZE);
    if (own.subarray(0, PART_HASH_SIZE).equals(theirs)) continue;
    const last = runs.at(-1);
    if (last !== undefined && last.offset + last.length === offset) last.length += part.length;
    else runs.push({ offset, length: part.length });
  }
  return runs;
}
