import { chmod, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import { fromBuffer, type ZipFile } from "yauzl";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type Bundle, makeBundle } from "../../src/operations/bundle/bundle.ts";
import { IgnoreRules } from "../../src/operations/bundle/ignore.ts";
import { isForeign, targetOf } from "../../src/operations/bundle/target.ts";
import { writeBundle } from "../../src/operations/bundle/write-bundle.ts";
import type { Event } from "../../src/events.ts";

const target = { os: "linux", cpu: "x64" } as const;
const signal = new AbortController().signal;

let app: string;
let events: Event[];

beforeEach(async () => {
  app = await mkdtemp(path.join(tmpdir(), "bertops-bundle-"));
  events = [];
});
afterEach(() => rm(app, { recursive: true, force: true }));

async function put(files: Readonly<Record<string, string>>): Promise<void> {
  for (const [name, text] of Object.entries(files)) {
    await mkdir(path.dirname(path.join(app, name)), { recursive: true });
    await writeFile(path.join(app, name), text);
  }
}

function bundle(install = false): Promise<Bundle> {
  const world = { emit: (event: Event) => void events.push(event), environment: process.env, signal };
  return makeBundle({ app, target, install }, world);
}

function own(made: Bundle): string[] {
  return made.entries.map((entry) => entry.path).filter((name) => !name.startsWith(".platform/"));
}

async function namesInZip(file: string): Promise<{ name: string; mode: number }[]> {
  const open = promisify<Buffer, { lazyEntries: boolean }, ZipFile>(fromBuffer);
  const zip = await open(await readFile(file), { lazyEntries: true });
  const names: { name: string; mode: number }[] = [];
  return new Promise((resolve, reject) => {
    zip.on("entry", (entry: { fileName: string; externalFileAttributes: number }) => {
      names.push({ name: entry.fileName, mode: (entry.externalFileAttributes >>> 16) & 0o777 });
      zip.readEntry();
    });
    zip.on("end", () => resolve(names));
    zip.on("error", reject);
    zip.readEntry();
  });
}

describe("what goes into a bundle", () => {
  test("the app as it is on disk, with the mount hook, without what nobody should have", async () => {
    await put({
      "server.js": "1",
      "lib/a.js": "2",
      ".env": "TOKEN=1",
      ".git/config": "x",
      "debug.log": "x",
      "node_modules/left/index.js": "not asked for",
      "package.json": "{}",
    });
    const made = await bundle();
    expect(own(made)).toEqual(["lib/a.js", "package.json", "server.js"]);
    const hook = made.entries.find((entry) => entry.path === ".platform/hooks/prebuild/10_mount_efs.sh");
    expect(hook?.mode).toBe(0o755);
    expect(hook?.content).toMatchObject({ text: expect.stringContaining("#!/bin/sh") });
  });

  test(".ebignore replaces the defaults; .gitignore adds to them", async () => {
    await put({ "a.log": "1", "b.txt": "2", ".gitignore": "b.txt\n", "package.json": "{}" });
    expect(own(await bundle())).toEqual([".gitignore", "package.json"]);
    await put({ ".ebignore": "package.json\n" });
    expect(own(await bundle())).toEqual([".gitignore", "a.log", "b.txt"]);
  });

  test("a private key is refused by its content, whatever its name is", async () => {
    const key = ["-----BEGIN OPENSSH PRIVATE", "KEY-----\n"].join(" ");
    await put({ "conf/deploy.txt": `${key}b3BlbnNzaC1rZXktdjEAAAAABG5vbmUAAAAE\n` });
    await expect(bundle()).rejects.toMatchObject({
      reason: "secret-in-bundle",
      exitCode: 2,
      message: expect.stringContaining("conf/deploy.txt (a private key)"),
    });
    await put({ ".ebignore": "conf/\n" });
    expect(own(await bundle())).toEqual([]);
  });

  test("links are followed inside the app and refused outside it", async () => {
    await put({ "real/data.json": "{}" });
    await symlink("real/data.json", path.join(app, "data.json"));
    const made = await bundle();
    expect(own(made)).toEqual(["data.json", "real/data.json"]);
    await symlink("/etc/hostname", path.join(app, "host"));
    await expect(bundle()).rejects.toMatchObject({ reason: "bad-link" });
    await rm(path.join(app, "host"));
    await symlink("..", path.join(app, "real/up"));
    await expect(bundle()).rejects.toMatchObject({ reason: "bad-link" });
  });
});

describe("production packages", () => {
  const pack = (name: string, more: object = {}): string =>
    JSON.stringify({ name, version: "1.0.0", ...more });

  test("are laid out as npm does: shared at the top, other versions nested, development left out", async () => {
    await put({
      "package.json": JSON.stringify({
        dependencies: { a: "1.0.0", b: "^1.0.0" },
        devDependencies: { d: "1" },
      }),
      "node_modules/a/package.json": pack("a", { dependencies: { c: "^1" } }),
      "node_modules/b/package.json": pack("b", { dependencies: { c: "^2" } }),
      "node_modules/b/node_modules/c/package.json": pack("c", { version: "2.0.0" }),
      "node_modules/c/package.json": pack("c"),
      "node_modules/d/package.json": pack("d"),
    });
    expect(own(await bundle())).toEqual([
      "node_modules/a/package.json",
      "node_modules/b/node_modules/c/package.json",
      "node_modules/b/package.json",
      "node_modules/c/package.json",
      "package.json",
    ]);
  });

  test("leave other operating systems and processors behind", async () => {
    await put({
      "package.json": JSON.stringify({
        dependencies: { n: "1.0.0" },
        optionalDependencies: { mac: "1.0.0" },
      }),
      "node_modules/n/package.json": pack("n"),
      "node_modules/n/prebuilds/linux-x64/n.node": "1",
      "node_modules/n/prebuilds/darwin-arm64/n.node": "2",
      "node_modules/mac/package.json": pack("mac", { os: ["darwin"] }),
    });
    expect(own(await bundle())).toEqual([
      "node_modules/n/package.json",
      "node_modules/n/prebuilds/linux-x64/n.node",
      "package.json",
    ]);
  });

  test("that are not installed leave the label open until they are", async () => {
    await put({ "package.json": JSON.stringify({ dependencies: { "no-such-package-here": "1.2.3" } }) });
    expect(await bundle()).toMatchObject({ incomplete: true, label: "(known after npm install)" });
  });

  test("are installed by npm where they have to be, without running their scripts", async () => {
    await put({
      "package.json": JSON.stringify({ dependencies: { left: "file:vendor/left" } }),
      "vendor/left/package.json": pack("left", { scripts: { install: "touch ../../ran" } }),
      "vendor/left/index.js": "1",
    });
    const made = await bundle(true);
    expect(made.incomplete).toBe(false);
    expect(own(made)).toContain("node_modules/left/index.js");
    expect(own(made)).not.toContain("ran");
  });

  test("that npm cannot install are an error with npm's reason", async () => {
    await put({ "package.json": JSON.stringify({ dependencies: { left: "file:vendor/none" } }) });
    await expect(bundle(true)).rejects.toMatchObject({
      reason: "npm-failed",
      next: [expect.stringContaining("npm install --omit=dev")],
    });
  });

  test("of another version than package.json says are refused", async () => {
    await put({
      "package.json": JSON.stringify({ dependencies: { a: "2.0.0" } }),
      "node_modules/a/package.json": pack("a"),
    });
    await expect(bundle()).rejects.toMatchObject({ reason: "stale-packages" });
  });

  test("are left to the instances where .ebignore lists node_modules", async () => {
    await put({
      "package.json": JSON.stringify({ dependencies: { a: "1.0.0" } }),
      ".ebignore": "node_modules/\n",
    });
    expect(own(await bundle())).toEqual(["package.json"]);
  });

  test("of the template come from this checkout: for linux on x64 only", async () => {
    const template = path.join(import.meta.dirname, "../../templates/similarity/package.json");
    await put({ "package.json": await readFile(template, "utf8") });
    const made = await bundle();
    const native = made.entries.filter((entry) => entry.path.includes("/napi-v6/"));
    expect(
      new Set(native.map((entry) => entry.path.split("/napi-v6/")[1]?.split("/").slice(0, 2).join("/"))),
    ).toEqual(new Set(["linux/x64"]));
    expect(made.bytes).toBeLessThan(60e6);
  });
});

describe("a label and an archive", () => {
  test("depend on content and modes alone", async () => {
    await put({ "a.js": "1", "run.sh": "2" });
    const [first, again] = [await bundle(), await bundle()];
    expect(again.label).toBe(first.label);
    await chmod(path.join(app, "run.sh"), 0o755);
    const runnable = await bundle();
    expect(runnable.label).not.toBe(first.label);
    const files = [
      path.join(app, "..", `${path.basename(app)}-1.zip`),
      path.join(app, "..", `${path.basename(app)}-2.zip`),
    ];
    try {
      for (const file of files) await writeBundle(runnable, file, signal);
      expect((await readFile(files[0]!)).equals(await readFile(files[1]!))).toBe(true);
      expect(await namesInZip(files[0]!)).toEqual([
        { name: ".platform/confighooks/prebuild/10_mount_efs.sh", mode: 0o755 },
        { name: ".platform/hooks/prebuild/10_mount_efs.sh", mode: 0o755 },
        { name: "a.js", mode: 0o644 },
        { name: "run.sh", mode: 0o755 },
      ]);
    } finally {
      for (const file of files) await rm(file, { force: true });
    }
  });

  test("too large for Elastic Beanstalk is refused with the largest files", async () => {
    await put({ "big.bin": Buffer.alloc(300_000, "xyz1").toString("hex"), "small.js": "1" });
    await expect(writeBundle(await bundle(), path.join(app, "x.zip"), signal, 1000)).rejects.toMatchObject({
      reason: "bundle-too-large",
      hint: expect.stringContaining("big.bin"),
    });
  });
});

test.each([
  ["*.log", "a/b.log", true],
  ["/build", "build", true],
  ["/build", "a/build", false],
  ["a/**/z", "a/b/c/z", true],
  ["a/**/z", "a/z", true],
  ["docs/*.md", "docs/x/y.md", false],
  ["*.js\n!keep.js", "keep.js", false],
  ["[ab].txt", "b.txt", true],
  ["[!ab].txt", "b.txt", false],
  ["only-dir/", "only-dir", false],
  ["# comment\n\\#file", "#file", true],
])("%j and %j", (rules, name, expected) => {
  expect(new IgnoreRules(rules).ignores(name, false)).toBe(expected);
});

test.each([
  ["bin/napi-v6/linux/x64/a.node", false],
  ["bin/napi-v6/linux/arm64/a.node", true],
  ["bin/napi-v6/darwin/x64/a.node", true],
  ["prebuilds/linux-x64/a.musl.node", false],
  ["lib/linux.js", false],
  ["build/darwin-x64+arm64/a.node", true],
  ["lib/linux-x64-musl/a.node", true],
  ["a.linux-x64-gnu.node", false],
  ["a.linux-x64-musl.node", true],
  ["a.linux-arm64-gnu.node", true],
  ["a.linux-arm-gnueabihf.node", true],
  ["a.android-arm-eabi.node", true],
  ["a.darwin-universal.node", true],
  ["a.win32-x64-msvc.node", true],
])("%j for linux on x64 is foreign: %j", (file, expected) => {
  expect(isForeign(file, target)).toBe(expected);
});

test("a sandbox on a Mac takes bundles for macOS", () => {
  const platform = { arn: "", branch: "", version: "", operatingSystem: "macOS" };
  expect(targetOf({ platform, architecture: "arm64" })).toEqual({ os: "darwin", cpu: "arm64" });
  expect(
    targetOf({ platform: { ...platform, operatingSystem: "Amazon Linux" }, architecture: "x86_64" }),
  ).toEqual(target);
});
