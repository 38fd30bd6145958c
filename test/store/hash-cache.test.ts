import { mkdtemp, readdir, rm, utimes, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { beforeEach, describe, expect, it } from "vitest";
import { openHashCache } from "../../src/store/hash-cache.ts";
import { hashFiles, isRead } from "../../src/store/hash-files.ts";
import { type LocalFile, scanDirectory } from "../../src/store/scan-directory.ts";

const LATER = BigInt(Date.now() + 3_600_000) * 1_000_000n;

describe("the cache of hashes", () => {
  let work: string;
  let model: string;
  beforeEach(async () => {
    work = await mkdtemp(path.join(os.tmpdir(), "bertops-cache-"));
    model = await mkdtemp(path.join(work, "model-"));
    await writeFile(path.join(model, "weights.bin"), Buffer.alloc(600_000, 7));
    await writeFile(path.join(model, "empty"), "");
    return () => rm(work, { recursive: true });
  });
  const list = async (): Promise<readonly LocalFile[]> => (await scanDirectory(model)).files;
  const open = () => openHashCache(path.join(work, "hashes"), model);
  async function fill(began: bigint): Promise<void> {
    await (await open()).keep(await hashFiles(await list(), { signal: new AbortController().signal }), began);
  }

  it("knows files that did not change, and only those", async () => {
    await fill(LATER);
    const cache = await open();
    const known = (await list()).map((file) => cache.recall(file));
    expect(known.every(isRead)).toBe(true);
    expect(known.map(({ blocks }) => blocks.length)).toEqual([0, 3]);
    // The same size and the same time of change, as a careful liar would have it: the inode's own time tells.
    const { mtime, atime } = { mtime: new Date(1000), atime: new Date(1000) };
    await writeFile(path.join(model, "weights.bin"), Buffer.alloc(600_000, 8));
    await utimes(path.join(model, "weights.bin"), atime, mtime);
    expect((await list()).map((file) => isRead(cache.recall(file)))).toEqual([true, false]);
  });

  it("does not trust a file that changed just before it was read", async () => {
    const [, weights] = await list();
    await fill(weights?.changedAt ?? 0n);
    const cache = await open();
    expect((await list()).map((file) => isRead(cache.recall(file)))).toEqual([true, false]);
  });

  it("counts as empty when it is damaged", async () => {
    await fill(LATER);
    const [name = ""] = await readdir(path.join(work, "hashes"));
    await writeFile(path.join(work, "hashes", name), '{"format":1,"files":[[1,2,3],"x"');
    const cache = await open();
    expect((await list()).map((file) => isRead(cache.recall(file)))).toEqual([true, false]);
  });
});
