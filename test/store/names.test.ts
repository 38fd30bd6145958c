import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { checkTwins, findTwins, type Twins } from "../../src/store/destination/names.ts";

describe("names that some file systems take for one", () => {
  it("are found where they differ, be it a file or what it lies in", () => {
    const paths = ["Vocab.txt", "vocab.txt", "a/B/x", "a/b/x", "a/b/y", "caf\u00E9", "cafe\u0301", "other"];
    expect(findTwins(paths)).toEqual([
      { one: "Vocab.txt", other: "vocab.txt" },
      { one: "a/B", other: "a/b" },
      { one: "caf\u00E9", other: "cafe\u0301" },
    ]);
    expect(findTwins(["a/b", "b/a", "ab"])).toEqual([]);
  });

  it("are refused where the file system does so, and only there", () => {
    const twins = findTwins(["Vocab.txt", "vocab.txt"]);
    const folds = (_: string, { one, other }: Twins): boolean => one.toLowerCase() === other.toLowerCase();
    expect(() => checkTwins(twins, "/here", folds)).toThrow(/Vocab\.txt and vocab\.txt are one name/u);
    const directory = mkdtempSync(path.join(os.tmpdir(), "bertops-names-"));
    try {
      // What this machine does is asked of it, and nothing of that stays.
      checkTwins(twins, directory);
      expect(readdirSync(directory)).toEqual([]);
      expect(() => checkTwins([{ one: "a/same", other: "b/same" }], directory)).toThrow(/are one name/u);
    } finally {
      rmSync(directory, { recursive: true });
    }
  });
});
