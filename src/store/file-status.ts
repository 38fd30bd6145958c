import { type BigIntStats, lstatSync, statSync } from "node:fs";
import { lstat, stat } from "node:fs/promises";
import { turns } from "./turns.ts";

/** Where fewer calls than this fit into a turn, the file system is a slow one, which is better asked for several files at once. */
const LEAST_IN_TURN = 8;
/** Files that are looked at at once then. */
const AT_ONCE = 64;

const LOOKS = {
  /** What a path leads to. */
  stat: {
    atOnce: (path: string): BigIntStats => statSync(path, { bigint: true }),
    pooled: (path: string): Promise<BigIntStats> => stat(path, { bigint: true }),
  },
  /** A link itself. */
  lstat: {
    atOnce: (path: string): BigIntStats => lstatSync(path, { bigint: true }),
    pooled: (path: string): Promise<BigIntStats> => lstat(path, { bigint: true }),
  },
};

/** What the file system says of a path, or why it says nothing. */
export type FileStatus = BigIntStats | Error;

/**
 * Tells `each` what the file system says of each path, in their order. A call that blocks for microseconds costs a fifth of a turn of
 * the thread pool, which only pays where calls take long.
 */
export async function fileStatus(
  paths: readonly string[],
  kind: keyof typeof LOOKS,
  each: (status: FileStatus, index: number) => void,
): Promise<void> {
  const { atOnce, pooled } = LOOKS[kind];
  const turn = turns();
  let next = 0;
  let first = 0;
  while (next < paths.length) {
    each(
      attempt(() => atOnce(paths[next] ?? "")),
      next++,
    );
    const over = turn();
    if (over === undefined) continue;
    await over;
    if (next - first < LEAST_IN_TURN) break;
    first = next;
  }
  for (; next < paths.length; next += AT_ONCE) {
    const some = paths.slice(next, next + AT_ONCE);
    const found = await Promise.all(some.map((path) => pooled(path).catch(asError)));
    for (const [index, status] of found.entries()) each(status, next + index);
  }
}

function attempt(look: () => BigIntStats): FileStatus {
  try {
    return look();
  } catch (error) {
    return asError(error);
  }
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}
