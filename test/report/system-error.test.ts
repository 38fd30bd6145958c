import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect, test } from "vitest";
import { systemError } from "../../src/report/system-error.ts";

function thrownBy(act: () => unknown): unknown {
  try {
    act();
  } catch (error) {
    return error;
  }
  throw new Error("nothing was thrown");
}

test("what the system does not allow is told with its place, and is no bug of ours", () => {
  const file = path.join(import.meta.filename, "below");
  expect(systemError(thrownBy(() => mkdirSync(file)))).toMatchObject({
    reason: "local-files",
    message: `${file} cannot be used (mkdir): a part of its path is no directory.`,
    exitCode: 1,
  });
  expect(systemError(thrownBy(() => writeFileSync(tmpdir(), "")))?.message).toMatch(/it is a directory/);
});

test("a file that is missing, and what is no error of the system, stay what they are", () => {
  expect(systemError(thrownBy(() => readFileSync(path.join(tmpdir(), "no-such-file"))))).toBeUndefined();
  expect(systemError(new TypeError("x"))).toBeUndefined();
});
