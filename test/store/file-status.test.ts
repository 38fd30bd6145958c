import { execFileSync } from "node:child_process";
import { lstatSync, mkdtempSync, rmSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type FileStatus, fileStatus } from "../../src/store/file-status.ts";
import { changedWhileRead } from "../../src/store/hash-files.ts";
import { localFile } from "../../src/store/scan-directory.ts";
import { smallFiles } from "../../src/store/small-file.ts";
import { openFiles } from "../../src/store/transfer/open-files.ts";

let work: string;
beforeEach(() => {
  work = mkdtempSync(path.join(os.tmpdir(), "bertops-status-"));
});
afterEach(() => rmSync(work, { recursive: true, force: true }));

const place = (name: string): string => path.join(work, name);

async function look(names: readonly string[], kind: "stat" | "lstat"): Promise<readonly FileStatus[]> {
  const found: FileStatus[] = [];
  await fileStatus(names.map(place), kind, (status, index) => {
    expect(index).toBe(found.length);
    found.push(status);
  });
  return found;
}

const codeOf = (error: Error): unknown => ("code" in error ? error.code : undefined);

describe("the status of many files", () => {
  it("is what the file system says of each, in their order, and why it says nothing", async () => {
    const names = Array.from({ length: 3000 }, (_, index) => `file-${index}`);
    for (const [index, name] of names.entries())
      if (index % 100 !== 7) writeFileSync(place(name), "x".repeat(index % 50));
    const found = await look(names, "stat");
    const told = found.map((status) => (status instanceof Error ? codeOf(status) : Number(status.size)));
    expect(told).toEqual(names.map((_, index) => (index % 100 === 7 ? "ENOENT" : index % 50)));
  });

  it("is a link's own, or that of what it leads to", async () => {
    writeFileSync(place("content"), "four");
    symlinkSync("content", place("link"));
    const [own] = await look(["link"], "lstat");
    const [target] = await look(["link"], "stat");
    expect(own).toMatchObject({ ino: lstatSync(place("link"), { bigint: true }).ino });
    expect(target).toMatchObject({ ino: statSync(place("content"), { bigint: true }).ino, size: 4n });
  });

  it("ends where whoever is told says so", async () => {
    for (const name of ["one", "two", "three"]) writeFileSync(place(name), "");
    const told: number[] = [];
    const looking = fileStatus(["one", "two", "three"].map(place), "stat", (_status, index) => {
      told.push(index);
      if (index === 1) throw new Error("enough");
    });
    await expect(looking).rejects.toThrow("enough");
    expect(told).toEqual([0, 1]);
  });
});

describe("a small file", () => {
  const listed = (name: string) => localFile(name, place(name), statSync(place(name), { bigint: true }));

  it("that is what was listed is read as a whole", async () => {
    writeFileSync(place("config.json"), '{"hidden_size":768}');
    const files = openFiles();
    const into = Buffer.alloc(64);
    expect(await files.read(listed("config.json"), into, 19, 0)).toBe(19);
    expect(into.toString("utf8", 0, 19)).toBe('{"hidden_size":768}');
    await files.close();
  });

  it("that was written to since it was listed is not sent", async () => {
    writeFileSync(place("config.json"), '{"hidden_size":768}');
    const file = listed("config.json");
    // The same length, and another time: clocks of files tick in milliseconds.
    execFileSync("touch", ["-d", "2001-01-01", place("config.json")]);
    const files = openFiles();
    const read = async (): Promise<number> => files.read(file, Buffer.alloc(64), 19, 0);
    await expect(read()).rejects.toThrow(changedWhileRead("config.json").message);
    await files.close();
  });

  it("is read without a wait until many of them came slowly", () => {
    writeFileSync(place("quick"), "x");
    const small = smallFiles();
    expect([small.isQuick(64 * 1024), small.isQuick(64 * 1024 + 1)]).toEqual([true, false]);
    const slowly = (): void => {
      const until = performance.now() + 3;
      while (performance.now() < until);
    };
    // One that had to wait says nothing of the file system.
    small.read(place("quick"), Buffer.alloc(1), slowly);
    expect(small.isQuick(1)).toBe(true);
    for (let turn = 0; turn < 40; turn++) small.read(place("quick"), Buffer.alloc(1), slowly);
    expect(small.isQuick(1)).toBe(false);
  });
});
