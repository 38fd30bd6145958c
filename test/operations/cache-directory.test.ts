import { mkdtempSync, rmSync, statSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { cacheDirectory } from "../../src/operations/cache-directory.ts";

test("the cache is under the home directory, or where XDG_CACHE_HOME says", () => {
  const home = mkdtempSync(path.join(os.tmpdir(), "bertops-home-"));
  onTestFinished(() => rmSync(home, { recursive: true }));
  expect(cacheDirectory({ HOME: home })).toBe(path.join(home, ".cache", "bertops"));
  expect(cacheDirectory({ HOME: "/nowhere", XDG_CACHE_HOME: path.join(home, "x") })).toBe(
    path.join(home, "x", "bertops"),
  );
});

test("a home directory that cannot be written is replaced by a directory of the user's own", () => {
  const directory = cacheDirectory({ HOME: "/dev/null" });
  expect(path.dirname(directory)).toBe(os.tmpdir());
  expect(statSync(directory)).toMatchObject({ uid: process.getuid?.() });
  expect(statSync(directory).mode & 0o077).toBe(0);
});
