import { execFileSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import {
  appendFileSync,
  chmodSync,
  existsSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import os from "node:os";
import path from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { pullVersion } from "../../src/operations/models/pull.ts";
import { type DirectoryPush, pushDirectory as push } from "./push-directory.ts";
import type { StoreHost } from "../../src/store/host.ts";
import { noSshd, removeSshd, type Sshd, startSshd } from "../ssh/sshd.ts";
import { recorder } from "../ssh/voice.ts";
import { dialSshd } from "./sshd-host.ts";
import { treeOf } from "./store-tree.ts";

if (noSshd !== undefined) console.log(`skipped: ${noSshd}`);
const HOSTS = noSshd === undefined ? (["program", "sftp"] as const) : [];
const MIB = 1024 * 1024;

describe.each(HOSTS)("odd files (%s)", (way) => {
  let sshd: Sshd;
  let host: StoreHost;
  let work: string;
  let model: string;
  let root: string;
  let clock = Date.UTC(2026, 10, 22, 8, 15, 0);
  beforeAll(async () => {
    sshd = await startSshd({ withoutPython: way === "sftp" });
    host = await dialSshd(sshd);
  });
  afterAll(async () => {
    host.close();
    await removeSshd(sshd);
  });
  beforeEach(() => {
    work = mkdtempSync(path.join(os.tmpdir(), "bertops-odd-"));
    model = path.join(work, "model");
    // Spaces and a quote-less oddity in the root, too.
    root = path.join(work, "a store, of sorts");
    mkdirSync(model);
    mkdirSync(root);
    return () => rmSync(work, { recursive: true, force: true });
  });
  const current = (): string => path.join(root, "bert", "current");
  function options(changes: Partial<DirectoryPush> = {}): DirectoryPush {
    return {
      directory: model,
      model: "bert",
      root,
      activate: true,
      wait: 0,
      pusher: { user: "ana", machine: "laptop" },
      host,
      dial: () => dialSshd(sshd),
      emit: recorder().emit,
      signal: new AbortController().signal,
      now: () => new Date((clock += 1000)),
      ...changes,
    };
  }
  const put = (name: string, content: string | Buffer): void => {
    mkdirSync(path.dirname(path.join(model, name)), { recursive: true });
    writeFileSync(path.join(model, name), content);
  };

  it("arrive as they are: names, twins, links, empty ones, holes; and come back so", async () => {
    for (const name of [
      "-n",
      "-dash/-rf",
      " spaces  inside and around ",
      "'single' \"double\" `back` $HOME $(id)",
      "*?[a]{b}~#!&|;<>()",
      "%s",
      "caf\u00E9",
      "cafe\u0301",
      "TWIN",
      "twin",
      "x".repeat(255),
      `${Array.from({ length: 60 }, (_, floor) => `floor ${floor}`).join("/")}/cellar`,
    ])
      put(name, `content of ${name}`);
    put("empty", "");
    put("-empty", "");
    mkdirSync(path.join(model, "nothing", "in here"), { recursive: true });
    put("bertops-manifest.json", "of another version");
    put("large", randomBytes(3 * MIB + 1));
    linkSync(path.join(model, "large"), path.join(model, "hard link"));
    symlinkSync("large", path.join(model, "soft link"));
    put("setuid", "x");
    chmodSync(path.join(model, "setuid"), 0o4711);
    put("private", "x");
    chmodSync(path.join(model, "private"), 0o600);
    put("sparse", "begin");
    truncateSync(path.join(model, "sparse"), 8 * MIB);
    const first = await push(options());
    expect(treeOf(current())).toBe(treeOf(model, "as a store has them"));
    expect(first.bytesSent).toBe(first.bytes);

    expect(await push(options())).toMatchObject({ unchanged: true, bytesSent: 0, version: first.version });
    put("twin", "changed");
    renameSync(path.join(model, "caf\u00E9"), path.join(model, "-moved"));
    const second = await push(options());
    expect(second.bytesSent).toBe("changed".length);
    expect(treeOf(current())).toBe(treeOf(model, "as a store has them"));
    for (const name of ["large", "-moved", "-dash/-rf"])
      expect(statSync(path.join(current(), name)).nlink).toBeGreaterThan(1);

    const directory = path.join(work, "pulled");
    const store = { ...options(), model: "bert" };
    await pullVersion(store, { directory, dial: store.dial, emit: store.emit });
    expect(treeOf(directory)).toBe(treeOf(current()));
    // What was fetched is the same model, though its manifest lies in it now.
    expect(await push(options({ directory }))).toMatchObject({ unchanged: true, version: second.version });
  });

  it("without a hole in what changed: an appended, a shortened and an emptied file", async () => {
    const weights = randomBytes(4 * MIB);
    for (const name of ["appended", "shortened", "emptied"])
      put(name, Buffer.concat([Buffer.from(name), weights]));
    await push(options());
    appendFileSync(path.join(model, "appended"), "more");
    truncateSync(path.join(model, "shortened"), 2 * MIB);
    truncateSync(path.join(model, "emptied"), 0);
    const second = await push(options());
    expect(treeOf(current())).toBe(treeOf(model, "as a store has them"));
    const last = (8 + 4 * MIB) % 262_144;
    // Blocks that are there are not sent; without a program on the host files are sent as a whole.
    expect(second.bytesSent).toBe(way === "program" ? last + 4 : 8 + 4 * MIB + 4 + 2 * MIB);
    expect(second.bytesSent + second.bytesReused).toBe(second.bytes);
  });

  it("that grow while they are read are noticed", async () => {
    put("log", randomBytes(4 * MIB));
    const emit: DirectoryPush["emit"] = (event) => {
      if (event.type === "progress" && event.id === "read") appendFileSync(path.join(model, "log"), "more");
    };
    await expect(push(options({ emit }))).rejects.toMatchObject({ reason: "file-changed", exitCode: 5 });
  });

  it.each([
    ["change", (file: string) => writeFileSync(file, randomBytes(3 * MIB))],
    ["shrink", (file: string) => truncateSync(file, MIB)],
    ["vanish", (file: string) => rmSync(file)],
  ])("that %s between reading and sending are never published", async (_, spoil) => {
    put("weights", randomBytes(3 * MIB));
    put("other", randomBytes(MIB));
    await push(options({ model: "before" }));
    const emit: DirectoryPush["emit"] = (event) => {
      if (event.type === "step" && event.id === "send" && event.state === "started")
        spoil(path.join(model, "weights"));
    };
    await expect(push(options({ emit }))).rejects.toMatchObject({
      reason: expect.stringMatching(/^(?:file-changed|not-verified)$/u),
      exitCode: 5,
      message: expect.stringContaining("weights"),
    });
    expect(readdirSync(path.join(root, "bert")).filter((name) => name !== ".incoming")).toEqual([]);
    put("weights", randomBytes(2 * MIB));
    await push(options());
    expect(treeOf(current())).toBe(treeOf(model, "as a store has them"));
  });

  it("whose path is longer than hosts take are refused", async () => {
    const floors = Array.from({ length: 18 }, (_, floor) => `${floor}`.padStart(200, "_"));
    let directory = model;
    // A path this long cannot be made in one step here either.
    for (const floor of floors) {
      execFileSync("mkdir", [floor], { cwd: directory });
      directory = path.join(directory, floor);
    }
    execFileSync("sh", ["-c", "echo x >file"], { cwd: directory });
    const deep = path.join(root, ..."abc".split("").map((letter) => letter.repeat(200)));
    mkdirSync(deep, { recursive: true });
    await expect(push(options({ root: deep }))).rejects.toMatchObject({
      reason: "path-too-long",
      exitCode: 2,
      message: expect.stringMatching(/would have 4\d\d\d bytes/u),
    });
    execFileSync("rm", ["-rf", model]);
  });
});

describe.skipIf(noSshd !== undefined)("very many files", () => {
  it("100,000 of them arrive, and again only what changed", { timeout: 400_000 }, async () => {
    const sshd = await startSshd();
    // In memory where that can be: this is about the number of files, not about a disk.
    const memory = existsSync("/dev/shm") ? "/dev/shm" : os.tmpdir();
    const work = mkdtempSync(path.join(memory, "bertops-many-"));
    const host = await dialSshd(sshd);
    try {
      const [model, root] = [path.join(work, "model"), path.join(work, "store")];
      mkdirSync(root);
      for (let folder = 0; folder < 100; folder++) {
        mkdirSync(path.join(model, `${folder}`), { recursive: true });
        for (let file = 0; file < 1000; file++)
          writeFileSync(
            path.join(model, `${folder}`, `a file with a longer name ${file}`),
            `${folder} ${file}`,
          );
      }
      const signal = new AbortController().signal;
      const options = { directory: model, model: "many", root, activate: true, wait: 0, host, signal };
      const also = { pusher: { user: "ana", machine: "laptop" }, emit: recorder().emit };
      const go = () => push({ ...options, ...also, dial: () => dialSshd(sshd), now: () => new Date() });
      expect(await go()).toMatchObject({ files: 100_000, verified: true });
      writeFileSync(path.join(model, "50", "new"), "new");
      expect(await go()).toMatchObject({ files: 100_001, bytesSent: 3 });
      const current = path.join(root, "many", "current");
      const count = (directory: string): string =>
        execFileSync(
          "sh",
          ["-c", 'find "$1/" -type f ! -name bertops-manifest.json | wc -l', "sh", directory],
          {
            encoding: "utf8",
          },
        ).trim();
      expect(count(current)).toBe("100001");
      execFileSync("diff", ["-r", "-q", "-x", "bertops-manifest.json", model, `${current}/`]);
    } finally {
      host.close();
      await removeSshd(sshd);
      rmSync(work, { recursive: true, force: true });
    }
  });
});
