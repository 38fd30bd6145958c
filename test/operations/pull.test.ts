import { randomBytes } from "node:crypto";
import {
  appendFileSync,
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import os from "node:os";
import path from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type PullOptions, pullVersion } from "../../src/operations/models/pull.ts";
import type { ModelStore } from "../../src/operations/models/store.ts";
import type { StoreHost } from "../../src/store/host.ts";
import { type Manifest, parseManifest, serialiseManifest } from "../../src/store/manifest.ts";
import { markOf } from "../../src/store/own-process.ts";
import { noSshd, removeSshd, type Sshd, startSshd } from "../ssh/sshd.ts";
import { recorder } from "../ssh/voice.ts";
import { pushDirectory } from "./push-directory.ts";
import { dialSshd } from "./sshd-host.ts";
import { treeOf } from "./store-tree.ts";

if (noSshd !== undefined) console.log(`skipped: ${noSshd}`);

const BLOCK = 262_144;
const MANIFEST = "bertops-manifest.json";

describe.skipIf(noSshd !== undefined).each(["program", "sftp"] as const)("a fetch (%s)", (way) => {
  let sshd: Sshd;
  let host: StoreHost;
  let work: string;
  let store: ModelStore;
  let number = 0;
  let clock = Date.UTC(2026, 10, 22, 8, 15, 0);
  beforeAll(async () => {
    sshd = await startSshd({ withoutPython: way === "sftp" });
    host = await dialSshd(sshd);
    work = mkdtempSync(path.join(os.tmpdir(), "bertops-pull-"));
    mkdirSync(path.join(work, "store"));
  });
  afterAll(async () => {
    host.close();
    await removeSshd(sshd);
    rmSync(work, { recursive: true, force: true });
  });
  beforeEach(() => {
    number++;
    rmSync(path.join(work, "model"), { recursive: true, force: true });
    mkdirSync(path.join(work, "model"));
    store = {
      host,
      root: path.join(work, "store"),
      model: `bert-${number}`,
      pusher: { user: "ana", machine: "laptop" },
      now: () => new Date((clock += 1000)),
      signal: new AbortController().signal,
    };
  });

  const source = (...parts: string[]): string => path.join(work, "model", ...parts);
  const fetched = (...parts: string[]): string => path.join(work, `fetched-${number}`, ...parts);
  const versionPlace = (version: string, ...parts: string[]): string =>
    path.join(work, "store", store.model, "versions", version, ...parts);
  function put(name: string, content: string | Buffer): void {
    mkdirSync(path.dirname(source(name)), { recursive: true });
    writeFileSync(source(name), content);
  }
  const push = async (): Promise<string> =>
    (
      await pushDirectory({
        ...store,
        directory: source(),
        activate: true,
        wait: 0,
        dial: () => dialSshd(sshd),
        emit: recorder().emit,
      })
    ).version;
  const pull = (options: Partial<PullOptions> = {}) =>
    pullVersion(store, {
      directory: fetched(),
      dial: () => dialSshd(sshd),
      cache: path.join(work, "cache"),
      emit: recorder().emit,
      ...options,
    });
  /** Changes what the store says of its version. */
  function tamper(version: string, change: (manifest: Manifest) => Partial<Manifest>): void {
    const place = versionPlace(version, MANIFEST);
    const manifest = parseManifest(readFileSync(place, "utf8"));
    writeFileSync(place, serialiseManifest({ ...manifest, ...change(manifest) }));
  }
  const leftovers = (): readonly string[] => readdirSync(work).filter((name) => name.includes("incoming"));

  it("brings all of it: odd names, modes, empty files and directories, holes; then nothing more", async () => {
    for (const name of [
      "Twin",
      "twin",
      "caf\u00E9",
      "cafe\u0301",
      "-rf",
      " a b ",
      "x".repeat(255),
      'it\'s $(a) "b"',
    ])
      put(name, `content of ${name}`);
    put("deep/er/and/deeper/file", "x");
    put("empty", "");
    mkdirSync(source("nothing", "in here"), { recursive: true });
    put("run", "#!/bin/sh\n");
    chmodSync(source("run"), 0o755);
    put("large", randomBytes(3 * 1024 * 1024 + 17));
    put("sparse", "begin");
    truncateSync(source("sparse"), 20 * BLOCK + 5);
    const version = await push();
    const first = await pull();
    expect(treeOf(fetched())).toBe(treeOf(source(), "as a store has them"));
    expect(first).toMatchObject({ version, unchanged: false, bytesReused: first.bytes - first.bytesFetched });
    // Blocks of zeros need not travel.
    expect(first.bytes - first.bytesFetched).toBe(19 * BLOCK);
    expect(leftovers()).toEqual([]);
    expect(await pull()).toMatchObject({ unchanged: true, bytesFetched: 0, connections: 0 });
    // Neither what is remembered of files decides, nor what they say of themselves.
    expect(await pull({ cache: path.join(work, "no-cache") })).toMatchObject({
      unchanged: true,
      bytesFetched: 0,
    });
    rmSync(fetched("deep"), { recursive: true });
    rmSync(fetched("nothing"), { recursive: true });
    chmodSync(fetched("run"), 0o644);
    expect(await pull()).toMatchObject({ unchanged: false, bytesFetched: 1 });
    expect(treeOf(fetched())).toBe(treeOf(source(), "as a store has them"));
  });

  it("of another version brings only what is new, and leaves what is not its own", async () => {
    const weights = randomBytes(12 * BLOCK);
    put("weights", weights);
    put("old name", randomBytes(2 * BLOCK));
    put("gone/for good", "x");
    put("was/a", "file below a directory");
    put("same", "same");
    const first = await push();
    await pull();
    mkdirSync(fetched("notes"));
    writeFileSync(fetched("notes", "mine"), "mine");

    renameSync(source("old name"), source("new name"));
    rmSync(source("gone"), { recursive: true });
    rmSync(source("was"), { recursive: true });
    put("was", "a directory before");
    weights.fill(7, 5 * BLOCK + 10, 5 * BLOCK + 20);
    put("weights", weights);
    put("copy of weights", weights.subarray(BLOCK, 9 * BLOCK));
    const second = await push();
    const update = await pull();
    expect(update).toMatchObject({ version: second, bytesFetched: BLOCK + "a directory before".length });
    rmSync(fetched("notes"), { recursive: true });
    expect(treeOf(fetched())).toBe(treeOf(source(), "as a store has them"));
    expect(readdirSync(fetched())).not.toContain("gone");
    const back = await pull({ version: first });
    expect(back.bytesFetched).toBe(BLOCK + "x".length + "file below a directory".length);
    expect(readdirSync(fetched()).toSorted()).toEqual(
      [MANIFEST, "gone", "old name", "same", "was", "weights"].toSorted(),
    );
    expect(await pull({ version: first })).toMatchObject({ unchanged: true });
  });

  it("of content that is there several times brings it once", async () => {
    const part = randomBytes(BLOCK);
    put("one", Buffer.concat([part, part, randomBytes(100)]));
    put("two", Buffer.concat([randomBytes(BLOCK), part]));
    put("small", "the same");
    put("small too", "the same");
    await push();
    expect(await pull()).toMatchObject({ bytesFetched: 2 * BLOCK + 100 + "the same".length });
    expect(treeOf(fetched())).toBe(treeOf(source(), "as a store has them"));
  });

  it("replaces nothing that was changed here, unless told to", async () => {
    put("a", "one");
    put("b", "one");
    put("c", "one");
    await push();
    await pull();
    for (const name of ["a", "b"]) put(name, "two");
    rmSync(source("c"));
    await push();
    writeFileSync(fetched("a"), "changed by hand");
    appendFileSync(fetched("c"), "changed by hand");
    await expect(pull()).rejects.toMatchObject({
      reason: "local-changes",
      message: expect.stringMatching(/: a\.$/u),
      exitCode: 2,
    });
    expect(readFileSync(fetched("b"), "utf8")).toBe("one");
    await pull({ force: true });
    expect([readFileSync(fetched("a"), "utf8"), readFileSync(fetched("b"), "utf8")]).toEqual(["two", "two"]);
    // Nobody asks for its place, so it is left alone.
    expect(readFileSync(fetched("c"), "utf8")).toBe("onechanged by hand");
  });

  it("goes into a directory that holds something else only when told to, and uses what is there", async () => {
    put("weights", randomBytes(4 * BLOCK));
    put("vocab.txt", "words");
    await push();
    mkdirSync(fetched());
    writeFileSync(fetched("weights"), readFileSync(source("weights")));
    writeFileSync(fetched("vocab.txt"), "of another");
    writeFileSync(fetched("mine"), "mine");
    await expect(pull()).rejects.toMatchObject({ reason: "directory-not-empty", exitCode: 2 });
    expect(await pull({ force: true })).toMatchObject({ bytesFetched: "words".length });
    expect(readFileSync(fetched("vocab.txt"), "utf8")).toBe("words");
    expect(readFileSync(fetched("mine"), "utf8")).toBe("mine");
    writeFileSync(path.join(work, `file-${number}`), "");
    await expect(pull({ directory: path.join(work, `file-${number}`) })).rejects.toMatchObject({
      reason: "not-a-directory",
    });
  });

  it("follows no link that leads out of the directory", async () => {
    put("sub/vocab.txt", "theirs");
    put("weights", "theirs");
    await push();
    const elsewhere = path.join(work, `elsewhere-${number}`);
    mkdirSync(elsewhere);
    for (const name of ["vocab.txt", "weights"]) writeFileSync(path.join(elsewhere, name), "mine");
    mkdirSync(fetched());
    symlinkSync(elsewhere, fetched("sub"));
    symlinkSync(path.join(elsewhere, "weights"), fetched("weights"));
    await expect(pull({ force: false })).rejects.toMatchObject({ reason: "directory-not-empty" });
    rmSync(fetched(), { recursive: true });
    await pull();
    for (const name of ["sub", "weights"]) rmSync(fetched(name), { recursive: true });
    symlinkSync(elsewhere, fetched("sub"));
    symlinkSync(path.join(elsewhere, "weights"), fetched("weights"));
    await expect(pull()).rejects.toMatchObject({
      reason: "local-changes",
      message: expect.stringMatching(/: sub, weights\.$/u),
    });
    // Where the links themselves are to be replaced, what they lead to is not touched.
    await pull({ force: true });
    expect(treeOf(fetched())).toBe(treeOf(source(), "as a store has them"));
    for (const name of ["vocab.txt", "weights"])
      expect(readFileSync(path.join(elsewhere, name), "utf8")).toBe("mine");
  });

  it.each([
    ["leaves the directory", "../evil"],
    ["is absolute", "/tmp/evil"],
    ["leaves it later", "a/../../evil"],
    ["has a control character", "a\u0000b"],
    ["is the manifest's", MANIFEST],
    ["is where the fetch itself keeps things", ".bertops-incoming/lock"],
    ["is there twice", "b"],
    ["lies below a file", "b/c"],
  ])("refuses a manifest with a path that %s", async (_, hostile) => {
    put("a", "a");
    put("b", "b");
    const version = await push();
    tamper(version, ({ files }) => ({
      files: files.map((file) => (file.path === "a" ? { ...file, path: hostile } : file)),
    }));
    await expect(pull()).rejects.toMatchObject({ reason: "manifest-damaged" });
    expect(existsSync(fetched())).toBe(false);
    expect(leftovers()).toEqual([]);
  });

  it("does not believe a file that is not what the manifest says, and keeps the rest for the next time", async () => {
    put("good", randomBytes(4 * 1024 * 1024));
    put("wrong", randomBytes(BLOCK));
    put("short", randomBytes(BLOCK));
    put("gone", randomBytes(BLOCK));
    const version = await push();
    writeFileSync(versionPlace(version, "wrong"), randomBytes(BLOCK));
    truncateSync(versionPlace(version, "short"), 1000);
    rmSync(versionPlace(version, "gone"));
    const named = new Set<string>();
    for (let round = 0; round < 3; round++) {
      const error: unknown = await pull().catch((one: unknown) => one);
      expect(error).toMatchObject({ reason: "version-damaged", exitCode: 1 });
      const name =
        /^(\w+) in the store/u.exec(String(error instanceof Error ? error.message : ""))?.[1] ?? "";
      named.add(name);
      expect(existsSync(fetched())).toBe(false);
      writeFileSync(versionPlace(version, name), readFileSync(source(name)));
    }
    expect([...named].toSorted()).toEqual(["gone", "short", "wrong"]);
    expect(await pull()).toMatchObject({ version });
    expect(treeOf(fetched())).toBe(treeOf(source(), "as a store has them"));
    expect(leftovers()).toEqual([]);
  });

  it("is done by one process at a time; what a dead one left is gone on with", async () => {
    put("weights", randomBytes(8 * BLOCK));
    await push();
    const staging = path.join(work, `.fetched-${number}.incoming`);
    mkdirSync(path.join(staging, "tree"), { recursive: true, mode: 0o700 });
    writeFileSync(path.join(staging, "lock"), JSON.stringify(markOf()));
    await expect(pull()).rejects.toMatchObject({ reason: "pull-running", exitCode: 5 });
    writeFileSync(path.join(staging, "lock"), JSON.stringify({ ...markOf(), pid: 2 ** 22 + 1 }));
    const half = readFileSync(source("weights")).subarray(0, 4 * BLOCK + 100);
    writeFileSync(path.join(staging, "tree", "weights"), half);
    writeFileSync(path.join(staging, "tree", "of another version"), "x");
    expect(await pull()).toMatchObject({ bytesFetched: 4 * BLOCK });
    expect(treeOf(fetched())).toBe(treeOf(source(), "as a store has them"));
    expect(leftovers()).toEqual([]);
  });

  it("stops when told to, says what it keeps, and goes on", async () => {
    put("weights", randomBytes(32 * 1024 * 1024));
    await push();
    const stop = new AbortController();
    const { signal } = stop;
    const { UserError } = await import("../../src/errors.ts");
    const interrupted = pullVersion(
      { ...store, signal },
      {
        directory: fetched(),
        dial: () => dialSshd(sshd),
        link: { bandwidth: 20e6 },
        emit(event) {
          if (event.type === "progress" && event.done > 16 * 1024 * 1024)
            stop.abort(new UserError({ reason: "interrupted", message: "Interrupted.", exitCode: 130 }));
        },
      },
    );
    await expect(interrupted).rejects.toMatchObject({
      reason: "interrupted",
      message: expect.stringMatching(/^Interrupted: \d+ MB of 34 MB have arrived and are kept\.$/u),
      exitCode: 130,
    });
    expect(existsSync(fetched())).toBe(false);
    const rest = await pull();
    expect(rest.bytesFetched).toBeLessThanOrEqual(16 * 1024 * 1024);
    expect(treeOf(fetched())).toBe(treeOf(source(), "as a store has them"));
  });

  it("remembers what it fetched: a push from there reads nothing", async () => {
    put("weights", "begin");
    truncateSync(source("weights"), 256 * BLOCK);
    const version = await push();
    await pull();
    const cache = path.join(work, "cache");
    const { openHashCache } = await import("../../src/store/hash-cache.ts");
    const { scanDirectory } = await import("../../src/store/scan-directory.ts");
    const remembered = await openHashCache(cache, fetched());
    const [file] = (await scanDirectory(fetched())).files;
    if (file === undefined) throw new Error("nothing was fetched");
    const [known] = parseManifest(readFileSync(versionPlace(version, MANIFEST), "utf8")).files;
    expect(remembered.recall(file).blocks).toEqual(known?.blocks);
  });
});
