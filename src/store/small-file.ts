import { closeSync, constants, openSync, readSync } from "node:fs";

/** Bytes. Up to here, three calls that block for microseconds are cheaper than three turns of the thread pool. */
export const SMALL = 64 * 1024;

/** Reads small files without any wait. */
export interface SmallFiles {
  /** Is it worth it? Not where files come so slowly that several are better read at once. */
  readonly isQuick: (size: number) => boolean;
  /**
   * Fills a buffer from a file's beginning; answers how many bytes it read, fewer only at the end. `then` may look at the file before it is
   * closed. Throws what `open` and `read` do.
   */
  readonly read: (path: string, into: Buffer, then: (descriptor: number) => void) => number;
}

/** Milliseconds for a file, beyond which a disk or a network is what takes the time. */
const SLOW_MS = 0.5;
/** One that had to wait for the processor counts as no more than this. */
const MOST_MS = 2 * SLOW_MS;
/** How much of what is known each file changes. */
const SHARE = 1 / 16;

/** Takes files for quick ones until it has read some. */
export function smallFiles(): SmallFiles {
  let usual = 0;
  return {
    isQuick: (size) => size <= SMALL && usual < SLOW_MS,
    read(path, into, then) {
      const began = performance.now();
      const filled = readOnce(path, into, then);
      usual += (Math.min(MOST_MS, performance.now() - began) - usual) * SHARE;
      return filled;
    },
  };
}

function readOnce(path: string, into: Buffer, then: (descriptor: number) => void): number {
  const descriptor = openSync(path, constants.O_RDONLY);
  try {
    const filled = readSync(descriptor, into, 0, into.length, null);
    then(descriptor);
    return filled;
  } finally {
    closeSync(descriptor);
  }
}
