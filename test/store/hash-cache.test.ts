import { createHash } from "node:crypto";
import { mkdtemp, readdir, readFile, rm, utimes, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { beforeEach, describe, expect, it } from "vitest";
import { openHashCache } from "../../src/store/hash-cache.ts";
import { hashFiles, isRead, readAhead } from "../../src/store/hash-files.ts";
import { BLOCK_SIZE } from "../../src/store/manifest.ts";
import { type LocalFile, scanDirectory } from "../../src/store/scan-directory.ts";
import { changedAt } from "../../src/store/stamp.ts";

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
    await fill(weights === undefined ? 0n : changedAt(weights.stamp));
    const cache = await open();
    expect((await list()).map((file) => isRead(cache.recall(file)))).toEqual([true, false]);
  });

  describe("of a large file that changed", () => {
    const CONTENT = Buffer.alloc(3 * 1024 * 1024, "some weights ");
    const weights = async (): Promise<LocalFile> => {
      const [, file] = await list();
      if (file === undefined) throw new Error("it is not listed");
      return file;
    };
    const change = async (): Promise<Buffer> => {
      const changed = Buffer.from(CONTENT);
      changed.write("a fine-tuned layer", 1024 * 1024 + 5);
      await writeFile(path.join(model, "weights.bin"), changed);
      return changed;
    };
    const hashes = (bytes: Buffer): string[] =>
      Array.from({ length: 12 }, (_, index) =>
        createHash("sha256")
          .update(bytes.subarray(index * BLOCK_SIZE, (index + 1) * BLOCK_SIZE))
          .digest("hex"),
      );
    const edit = async (by: (text: string) => string): Promise<void> => {
      const [name = ""] = await readdir(path.join(work, "hashes"));
      const file = path.join(work, "hashes", name);
      await writeFile(file, by(await readFile(file, "utf8")));
    };
    beforeEach(() => writeFile(path.join(model, "weights.bin"), CONTENT));

    async function hashAnew(): Promise<readonly string[]> {
      const cache = await open();
      const content = (await list()).map((file) => cache.recall(file));
      await readAhead(content, { signal: new AbortController().signal });
      await cache.keep(content, LATER);
      return content[1]?.blocks ?? [];
    }

    it("knows the blocks that stayed, though it was written just before it was read", async () => {
      const cache = await open();
      const content = (await list()).map((file) => cache.recall(file));
      await readAhead(content, { signal: new AbortController().signal });
      await cache.keep(content, changedAt((await weights()).stamp));
      const changed = await change();
      // What no block's hash is shows what was remembered.
      await edit((text) => text.replaceAll(hashes(CONTENT)[0] ?? "", "0".repeat(64)));
      const again = await hashAnew();
      expect(again[0]).toBe("0".repeat(64));
      expect(again.slice(1)).toEqual(hashes(changed).slice(1));
    });

    it("is right about every block, push after push", async () => {
      expect(await hashAnew()).toEqual(hashes(CONTENT));
      const changed = await change();
      expect(await hashAnew()).toEqual(hashes(changed));
      expect(await hashAnew()).toEqual(hashes(changed));
      await writeFile(path.join(model, "weights.bin"), CONTENT);
      expect(await hashAnew()).toEqual(hashes(CONTENT));
    });

    it("hashes it all where the key or the marks are damaged", async () => {
      const damages: readonly (readonly [RegExp, string])[] = [
        [/"key":"[^"]*"/u, '"key":"AAAA"'],
        [/"key":"[^"]*",/u, ""],
        [/"[A-Za-z0-9+/=]*"\]\]/u, '"AAAA"]]'],
        [/"[A-Za-z0-9+/=]*"\]\]/u, "7]]"],
      ];
      for (const [damaged, by] of damages) {
        await hashAnew();
        const changed = await change();
        await edit((text) => {
          expect(text).toMatch(damaged);
          return text.replace(damaged, by).replaceAll(hashes(CONTENT)[0] ?? "", "0".repeat(64));
        });
        expect(await hashAnew()).toEqual(hashes(changed));
        await writeFile(path.join(model, "weights.bin"), CONTENT);
      }
    });
  });

  it("counts as empty when it is damaged", async () => {
    await fill(LATER);
    const [name = ""] = await readdir(path.join(work, "hashes"));
    await writeFile(path.join(work, "hashes", name), '{"format":1,"files":[[1,2,3],"x"');
    const cache = await open();
    expect((await list()).map((file) => isRead(cache.recall(file)))).toEqual([true, false]);
  });
});
