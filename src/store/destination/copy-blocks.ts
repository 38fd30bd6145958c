import { hash } from "node:crypto";
import { BLOCK_SIZE } from "../manifest.ts";
import type { LocalCopy, LocalPlace } from "../pull-plan.ts";
import { openFiles } from "../transfer/open-files.ts";
import type { Writer } from "./writer.ts";

/** Copies that are under way at once: one is read while another is written. */
const AT_ONCE = 4;

/**
 * Copies blocks that this machine has to where they are wanted, each checked first. Resolves to those that were not there any more
 * as they were.
 */
export async function copyBlocks(
  copies: readonly LocalCopy[],
  writer: Writer,
  signal: AbortSignal,
): Promise<readonly LocalCopy[]> {
  const files = openFiles();
  const lacking: LocalCopy[] = [];
  const read = async (from: LocalPlace, into: Buffer, length: number): Promise<number> =>
    files.read(from.file.local, into, length, from.position);
  let next = 0;
  const work = async (): Promise<void> => {
    const buffer = Buffer.allocUnsafeSlow(BLOCK_SIZE);
    for (let copy = copies[next++]; copy !== undefined; copy = copies[next++]) {
      signal.throwIfAborted();
      const { file, index, source } = copy;
      const position = index * BLOCK_SIZE;
      const length = Math.min(BLOCK_SIZE, file.size - position);
      if (source === undefined) buffer.fill(0);
      else {
        const filled = await read(source, buffer, length).catch(() => 0);
        if (filled < length || hash("sha256", buffer.subarray(0, length), "hex") !== file.blocks[index]) {
          lacking.push(copy);
          continue;
        }
      }
      await writer.write(file, position, buffer.subarray(0, length), 1);
    }
  };
  try {
    await Promise.all(Array.from({ length: Math.min(AT_ONCE, copies.length) }, work));
  } finally {
    await files.close();
  }
  return lacking;
}
