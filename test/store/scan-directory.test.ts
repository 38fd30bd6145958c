import { execFileSync } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import net from "node:net";
import os from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { scanDirectory } from "../../src/store/scan-directory.ts";

let work: string;
let model: string;
beforeEach(() => {
  work = mkdtempSync(path.join(os.tmpdir(), "bertops-scan-"));
  model = path.join(work, "model");
  mkdirSync(model);
  writeFileSync(path.join(model, "vocab.txt"), "[PAD]\n");
});
afterEach(() => rmSync(work, { recursive: true, force: true }));

const inModel = (...parts: string[]): string => path.join(model, ...parts);
async function names(options = {}): Promise<readonly string[]> {
  return (await scanDirectory(model, options)).files.map((file) => file.path);
}

describe("names", () => {
  const odd = [
    "-rf",
    " leading and trailing ",
    "'single' \"double\" `back` $HOME",
    "*?[a]{b}~#!&|;<>()",
    "%s %n",
    "caf\u00E9",
    "cafe\u0301",
    "Vocab.txt",
    "VOCAB.TXT",
    "\uFFFD",
    "\u{1F600}",
    "x".repeat(255),
  ];
  it("of nearly every kind are taken as they are, twins too", async () => {
    for (const name of odd) writeFileSync(inModel(name), name);
    const deep = Array.from({ length: 100 }, (_, floor) => `floor ${floor}`);
    mkdirSync(inModel(...deep), { recursive: true });
    writeFileSync(inModel(...deep, "cellar"), "");
    const found = await names();
    expect(found.toSorted()).toEqual([...odd, "vocab.txt", [...deep, "cellar"].join("/")].toSorted());
  });

  it.each([
    ["a line end", "two\nlines", String.raw`"two\nlines"`],
    ["a control character", "bell\u0007", String.raw`"bell\u0007"`],
    ["a backslash", "a\\b", String.raw`"a\\b"`],
  ])("with %s are refused", async (_, name, shown) => {
    writeFileSync(inModel(name), "x");
    await expect(names()).rejects.toMatchObject({
      reason: "bad-file-name",
      exitCode: 2,
      message: expect.stringContaining(shown),
    });
  });

  it.skipIf(process.platform !== "linux")("that are no UTF-8 are refused", async () => {
    mkdirSync(inModel("deep"));
    writeFileSync(Buffer.concat([Buffer.from(inModel("deep", "caf")), Buffer.from([0xe9])]), "x");
    await expect(names()).rejects.toMatchObject({ reason: "bad-file-name", message: /"deep\/café"/u });
  });
});

describe("links", () => {
  it("that stay inside are sent as what they lead to; those that leave are refused, or followed with --copy-links", async () => {
    symlinkSync("vocab.txt", inModel("again.txt"));
    expect(await names()).toEqual(["again.txt", "vocab.txt"]);
    writeFileSync(path.join(work, "outside"), "out");
    symlinkSync("../outside", inModel("leaves"));
    await expect(names()).rejects.toMatchObject({ reason: "link-leaves", exitCode: 2 });
    expect(await names({ copyLinks: true })).toEqual(["again.txt", "leaves", "vocab.txt"]);
  });

  it("to directories are refused, or followed, but never around in a circle", async () => {
    mkdirSync(path.join(work, "shared"));
    writeFileSync(path.join(work, "shared", "a"), "a");
    mkdirSync(inModel("sub"));
    symlinkSync("../../shared", inModel("sub", "one"));
    symlinkSync("../shared", inModel("two"));
    await expect(names()).rejects.toMatchObject({ reason: "link-leaves" });
    expect(await names({ copyLinks: true })).toEqual(["sub/one/a", "two/a", "vocab.txt"]);
    symlinkSync("..", inModel("sub", "up"));
    await expect(names({ copyLinks: true })).rejects.toMatchObject({
      reason: "link-loop",
      message: expect.stringContaining("sub/up"),
    });
  });

  it("that lead nowhere, or to themselves, are named", async () => {
    symlinkSync("gone", inModel("dangling"));
    await expect(names()).rejects.toMatchObject({ reason: "broken-link", message: /link to nothing/u });
    rmSync(inModel("dangling"));
    symlinkSync("loop", inModel("loop"));
    await expect(names({ copyLinks: true })).rejects.toMatchObject({
      reason: "broken-link",
      message: /around in a circle/u,
    });
  });

  it("of a snapshot in Hugging Face's cache are followed into its blobs, and nowhere else", async () => {
    const cache = path.join(work, "models--bert");
    const snapshot = path.join(cache, "snapshots", "abc");
    mkdirSync(snapshot, { recursive: true });
    mkdirSync(path.join(cache, "blobs"));
    writeFileSync(path.join(cache, "blobs", "f00"), "weights");
    symlinkSync("../../blobs/f00", path.join(snapshot, "model.safetensors"));
    expect((await scanDirectory(snapshot)).files.map(({ path: name, size }) => [name, size])).toEqual([
      ["model.safetensors", 7],
    ]);
    symlinkSync("../../../model/vocab.txt", path.join(snapshot, "vocab.txt"));
    await expect(scanDirectory(snapshot)).rejects.toMatchObject({ reason: "link-leaves" });
  });
});

describe("what is no plain file", () => {
  it("is refused by name: pipes, sockets, devices", async () => {
    execFileSync("mkfifo", [inModel("pipe")]);
    await expect(names()).rejects.toMatchObject({ reason: "special-file", message: /^pipe is/u });
    rmSync(inModel("pipe"));
    const server = net.createServer().listen(inModel("socket"));
    await new Promise((resolve) => {
      server.once("listening", resolve);
    });
    await expect(names()).rejects.toMatchObject({ reason: "special-file", message: /^socket is/u });
    server.close();
    rmSync(inModel("socket"), { force: true });
    // A device needs no node of its own to be met.
    symlinkSync("/dev/null", inModel("device"));
    await expect(names({ copyLinks: true })).rejects.toMatchObject({ reason: "special-file" });
  });

  it("empty directories are kept, the manifest of a fetched version is not", async () => {
    mkdirSync(inModel("a", "b", "empty"), { recursive: true });
    mkdirSync(inModel("full"));
    writeFileSync(inModel("full", "bertops-manifest.json"), "{}");
    writeFileSync(inModel("bertops-manifest.json"), "{}");
    mkdirSync(inModel(".bertops-incoming", "tree"), { recursive: true });
    writeFileSync(inModel(".bertops-incoming", "tree", "half"), "of a fetch");
    const tree = await scanDirectory(model);
    expect(tree.files.map((file) => file.path)).toEqual(["full/bertops-manifest.json", "vocab.txt"]);
    expect(tree.emptyDirectories).toEqual(["a/b/empty"]);
  });

  it("modes become those of a program or of a file: no setuid, nothing for the owner alone", async () => {
    for (const [name, mode] of [
      ["private", 0o600],
      ["setuid", 0o4755],
      ["world", 0o666],
      ["tool", 0o100],
    ] as const) {
      writeFileSync(inModel(name), "x");
      chmodSync(inModel(name), mode);
    }
    const { files } = await scanDirectory(model);
    expect(files.map(({ path: name, mode }) => [name, mode.toString(8)])).toEqual([
      ["private", "644"],
      ["setuid", "755"],
      ["tool", "755"],
      ["vocab.txt", "644"],
      ["world", "644"],
    ]);
  });
});

describe("a directory", () => {
  it.each([
    ["that does not exist", "nowhere", /does not exist/u],
    ["that is a file", "model/vocab.txt", /is not a directory/u],
    ["that is a link to itself", "loop", /leads to itself/u],
  ])("%s is refused", async (_, name, message) => {
    symlinkSync("loop", path.join(work, "loop"));
    await expect(scanDirectory(path.join(work, name))).rejects.toMatchObject({
      reason: "no-directory",
      exitCode: 2,
      message,
    });
  });

  it("without files is refused", async () => {
    rmSync(inModel("vocab.txt"));
    mkdirSync(inModel("empty"));
    await expect(names()).rejects.toMatchObject({ reason: "empty-directory", exitCode: 2 });
  });
});
