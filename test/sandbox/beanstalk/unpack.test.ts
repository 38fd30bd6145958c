import { mkdtemp, readFile, readlink, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { checkBundle, unpackBundle } from "../../../src/sandbox/beanstalk/instance/bundle.ts";
import { zipBundle, type BundleFile } from "./bundle.ts";

let directory: string;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "bertops-unpack-"));
});

afterEach(async () => {
  await rm(directory, { recursive: true });
});

async function unpack(
  files: Readonly<Record<string, BundleFile>>,
  change = (bytes: Buffer): Buffer => bytes,
): Promise<string> {
  const file = join(directory, "bundle.zip");
  await writeFile(file, change(await zipBundle(files)));
  await checkBundle(file);
  await unpackBundle(file, join(directory, "out"));
  return join(directory, "out");
}

test("files keep their modes, links their targets", async () => {
  const out = await unpack({
    "a/run.sh": { text: "#!/bin/sh\n", mode: 0o100_755 },
    "a/plain": "text",
    link: { text: "a/plain", mode: 0o120_777 },
  });
  expect((await stat(join(out, "a/run.sh"))).mode & 0o777).toBe(0o755);
  expect((await stat(join(out, "a/plain"))).mode & 0o777).toBe(0o644);
  expect(await readlink(join(out, "link"))).toBe("a/plain");
  expect(await readFile(join(out, "link"), "utf8")).toBe("text");
});

test("a name that leads outside is refused", async () => {
  const outwards = (bytes: Buffer): Buffer =>
    Buffer.from(bytes.toString("latin1").replaceAll("aa/evil", "../evil"), "latin1");
  await expect(unpack({ "aa/evil": "x" }, outwards)).rejects.toThrow(/invalid relative path/);
});

test("nothing is written through a link", async () => {
  const files = { out: { text: directory, mode: 0o120_777 }, "oot/evil": "x" };
  const through = (bytes: Buffer): Buffer =>
    Buffer.from(bytes.toString("latin1").replaceAll("oot/evil", "out/evil"), "latin1");
  await expect(unpack(files, through)).rejects.toThrow(/EEXIST/);
  await expect(stat(join(directory, "evil"))).rejects.toThrow(/ENOENT/);
});

test("what is no zip, or an empty one, is refused", async () => {
  await expect(unpack({ a: "x" }, () => Buffer.from("not a zip"))).rejects.toThrow(
    /end of central directory/i,
  );
  await expect(unpack({})).rejects.toThrow(/empty/);
});
