import { execFileSync } from "node:child_process";
import { createHash, randomBytes } from "node:crypto";
import {
  chmod,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  readlink,
  rm,
  stat,
  symlink,
  writeFile,
} from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { redialingHost } from "../../src/operations/hosts/redialing-host.ts";
import { type DirectoryPush, pushDirectory as push } from "./push-directory.ts";
import type { StoreHost } from "../../src/store/host.ts";
import { parseManifest } from "../../src/store/manifest.ts";
import { noSshd, removeSshd, type Sshd, startSshd } from "../ssh/sshd.ts";
import { recorder } from "../ssh/voice.ts";
import { dialSshd } from "./sshd-host.ts";

if (noSshd !== undefined) console.log(`skipped: ${noSshd}`);

/** With python3 a program on the host receives; without it files are written by SFTP and hashed afterwards. */
const HOSTS = noSshd === undefined ? (["program", "sftp"] as const) : [];

describe.each(HOSTS)("push to a real sshd (%s)", (way) => {
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
  beforeEach(async () => {
    work = await mkdtemp(path.join(os.tmpdir(), "bertops-push-"));
    model = path.join(work, "model");
    root = path.join(work, "store");
    await mkdir(model);
    await mkdir(root);
    return () => rm(work, { recursive: true, force: true });
  });

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
      // A second a look: versions pushed one after the other have names in that order.
      now: () => new Date((clock += 1000)),
      ...changes,
    };
  }
  async function fill(): Promise<void> {
    await writeFile(path.join(model, "weights.bin"), randomBytes(3_000_001));
    await writeFile(path.join(model, "vocab.txt"), "[PAD]\n[UNK]\n");
    await writeFile(path.join(model, "empty"), "");
    await mkdir(path.join(model, "deep", "er"), { recursive: true });
    await writeFile(path.join(model, "deep", "er", "a file with spaces"), "x");
    await writeFile(path.join(model, "deep", "läge.txt"), "é");
    await writeFile(path.join(model, "deep", "run.sh"), "#!/bin/sh\n");
    await chmod(path.join(model, "deep", "run.sh"), 0o700);
  }
  function tree(directory: string): string {
    return execFileSync(
      "sh",
      [
        "-c",
        'cd "$1" && find . -type f ! -name bertops-manifest.json | LC_ALL=C sort | xargs -d "\\n" sha256sum',
        "sh",
        directory,
      ],
      { encoding: "utf8" },
    );
  }
  const current = (): string => path.join(root, "bert", "current");

  it("puts a model there, whole, readable by others, and current", async () => {
    await fill();
    const result = await push(options());
    expect(result).toMatchObject({ model: "bert", active: true, files: 6, verified: true, unchanged: false });
    expect(result.bytesSent).toBe(result.bytes);
    expect(result.version).toMatch(/^20261122T0815\d\dZ-[0-9a-f]{8}$/u);
    expect(await readlink(current())).toBe(`versions/${result.version}`);
    expect(tree(current())).toBe(tree(model));
    const manifest = parseManifest(await readFile(path.join(current(), "bertops-manifest.json"), "utf8"));
    expect(manifest.createdBy).toBe("ana@laptop");
    const weights = manifest.files.find((file) => file.path === "weights.bin");
    expect(weights?.blocks).toHaveLength(12);
    expect(weights?.blocks[11]).toBe(
      createHash("sha256")
        .update((await readFile(path.join(model, "weights.bin"))).subarray(11 * 262_144))
        .digest("hex"),
    );
    const modes = await Promise.all(
      ["weights.bin", "deep/run.sh", "deep"].map(
        async (name) => (await stat(path.join(current(), name))).mode & 0o7777,
      ),
    );
    expect(modes.map((mode) => mode.toString(8))).toEqual(["644", "755", "755"]);
    expect((await readdir(path.join(root, "bert"))).toSorted()).toEqual([".history", "current", "versions"]);
  });

  it("sends nothing when the store has it, and says so", async () => {
    await fill();
    const first = await push(options());
    expect(await push(options())).toMatchObject({
      version: first.version,
      unchanged: true,
      bytesSent: 0,
      active: true,
    });
    await writeFile(path.join(model, "vocab.txt"), "other\n");
    const second = await push(options());
    expect(second.version).not.toBe(first.version);
    await writeFile(path.join(model, "vocab.txt"), "[PAD]\n[UNK]\n");
    expect(await push(options())).toMatchObject({
      version: first.version,
      unchanged: false,
      bytesSent: 0,
      active: true,
    });
    expect(await readlink(current())).toBe(`versions/${first.version}`);
  });

  it("links what an older version has, under whatever name, and sends the rest", async () => {
    await fill();
    await push(options());
    execFileSync("mv", [path.join(model, "weights.bin"), path.join(model, "deep", "moved.bin")]);
    await writeFile(path.join(model, "vocab.txt"), "[PAD]\n[UNK]\nnew\n");
    const second = await push(options());
    expect(second.bytesSent).toBe("[PAD]\n[UNK]\nnew\n".length);
    expect(tree(current())).toBe(tree(model));
    expect((await stat(path.join(current(), "deep", "moved.bin"))).nlink).toBe(2);
  });

  it("builds a changed file from the blocks that are there, wherever they are", async () => {
    await fill();
    const file = path.join(model, "weights.bin");
    await push(options());
    const weights = await readFile(file);
    weights[300_000] = (weights[300_000] ?? 0) ^ 1;
    // Block 5 goes to the front, and something new to the end.
    const moved = Buffer.concat([
      weights.subarray(5 * 262_144, 6 * 262_144),
      weights.subarray(0, 2_883_584),
      Buffer.from("new"),
    ]);
    await writeFile(file, moved);
    const second = await push(options());
    // Of the block in which a byte changed, a part of 8 KiB.
    expect(second.bytesSent).toBe(way === "program" ? 8192 + 3 : moved.length);
    expect(tree(current())).toBe(tree(model));
  });

  it("packs what gets smaller by it, and the host has the same", async () => {
    await fill();
    const floats = Float32Array.from({ length: 700_001 }, (_, index) => Math.sin(index * 1.37) * 0.04);
    await writeFile(path.join(model, "floats.bin"), Buffer.from(floats.buffer));
    await writeFile(path.join(model, "words.txt"), "one two three\n".repeat(50_000));
    await push(options({ link: { compression: "always" } }));
    expect(tree(current())).toBe(tree(model));
  });

  it("leaves readers with what they have on --no-activate", async () => {
    await fill();
    const first = await push(options());
    await writeFile(path.join(model, "new"), "new");
    const second = await push(options({ activate: false }));
    expect(second.active).toBe(false);
    expect(await readlink(current())).toBe(`versions/${first.version}`);
    expect(await readdir(path.join(root, "bert", "versions"))).toContain(second.version);
  });

  it("goes on with what arrived before, and notices what is damaged", async () => {
    await fill();
    const first = await push(options());
    // As if it had been cut: back under .incoming, without a manifest, one block wrong, one file missing, one cut short.
    const there = path.join(root, "bert", "versions", first.version);
    const incoming = path.join(root, "bert", ".incoming");
    await mkdir(incoming);
    execFileSync("mv", [there, incoming]);
    await rm(current());
    const cut = path.join(incoming, first.version);
    await rm(path.join(cut, "bertops-manifest.json"));
    await rm(path.join(cut, "vocab.txt"));
    const weights = await readFile(path.join(cut, "weights.bin"));
    weights[300_000] = (weights[300_000] ?? 0) ^ 1;
    await writeFile(path.join(cut, "weights.bin"), weights.subarray(0, 2_900_000));
    const second = await push(options());
    expect(second.version).toBe(first.version);
    // Block 1 was wrong; block 11 was cut short; vocab.txt was gone.
    expect(second.bytesSent).toBe(262_144 + (3_000_001 - 11 * 262_144) + "[PAD]\n[UNK]\n".length);
    expect(tree(current())).toBe(tree(model));
  });

  it("says who holds the lock, waits when told to, and keeps to its own model", async () => {
    await fill();
    await mkdir(path.join(root, "bert"));
    const lock = path.join(root, "bert", ".lock");
    await writeFile(lock, JSON.stringify({ owner: "eve", host: "desk", since: "2026-11-22T08:00:00Z" }));
    await expect(push(options())).rejects.toMatchObject({
      reason: "lock-held",
      exitCode: 5,
      message: expect.stringContaining("eve on desk, since 2026-11-22T08:00:00Z"),
    });
    expect((await push(options({ model: "other" }))).active).toBe(true);
    const waiting = push(options({ wait: 20_000 }));
    setTimeout(() => void rm(lock), 300);
    expect((await waiting).active).toBe(true);
    expect((await readdir(path.join(root, "bert"))).toSorted()).toEqual([".history", "current", "versions"]);
  });

  it("sends the same content once, when two people push it at the same time through two hosts", async () => {
    await fill();
    const other = await startSshd({ withoutPython: way === "sftp" });
    const second = await dialSshd(other);
    const eve = { user: "eve", machine: "desk" };
    const results = await Promise.all([
      push(options({ wait: 30_000 })),
      push(options({ wait: 30_000, host: second, dial: () => dialSshd(other), pusher: eve })),
    ]);
    second.close();
    await removeSshd(other);
    expect(new Set(results.map(({ version }) => version)).size).toBe(1);
    expect(results.filter(({ unchanged }) => unchanged)).toHaveLength(1);
    expect(results.reduce((sum, { bytesSent }) => sum + bytesSent, 0)).toBe(results[0]?.bytes);
    expect(tree(current())).toBe(tree(model));
  });

  it("serves two pushes at the same time one after the other", async () => {
    await fill();
    const other = path.join(work, "other");
    execFileSync("cp", ["-r", model, other]);
    await writeFile(path.join(other, "vocab.txt"), "other\n");
    const second = await dialSshd(sshd);
    const results = await Promise.all([
      push(options({ wait: 30_000 })),
      push(options({ wait: 30_000, directory: other, host: second })),
    ]);
    second.close();
    expect(new Set(results.map(({ version }) => version)).size).toBe(2);
    expect([tree(model), tree(other)]).toContain(tree(current()));
  });

  it("refuses what cannot be sent as it is, and changes nothing", async () => {
    await fill();
    await symlink("/etc/passwd", path.join(model, "leaves"));
    await expect(push(options())).rejects.toMatchObject({ reason: "link-leaves", exitCode: 2 });
    await rm(path.join(model, "leaves"));
    await symlink("vocab.txt", path.join(model, "stays"));
    await writeFile(path.join(model, "two\nlines"), "x");
    await expect(push(options())).rejects.toMatchObject({ reason: "bad-file-name", exitCode: 2 });
    await rm(path.join(model, "two\nlines"));
    execFileSync("mkfifo", [path.join(model, "pipe")]);
    await expect(push(options())).rejects.toMatchObject({ reason: "special-file", exitCode: 2 });
    await rm(path.join(model, "pipe"));
    await expect(push(options({ root: path.join(work, "nowhere") }))).rejects.toMatchObject({
      reason: "not-mounted",
    });
    expect(await readdir(root)).toEqual([]);
    await push(options());
    expect(await readFile(path.join(current(), "stays"), "utf8")).toBe("[PAD]\n[UNK]\n");
  });

  it("goes on over a new connection when the old one is cut", async () => {
    await writeFile(path.join(model, "weights.bin"), randomBytes(40_000_000));
    const dial = (): Promise<StoreHost> => dialSshd(sshd);
    const own = redialingHost(await dial(), dial);
    let cuts = 0;
    const result = await push(
      options({
        host: own,
        link: { connections: 2 },
        emit(event) {
          if (event.type !== "progress" || event.id !== "send" || event.done < (cuts + 1) * 10_000_000)
            return;
          if (cuts++ < 2) own.drop();
        },
      }),
    );
    own.close();
    expect(cuts).toBeGreaterThanOrEqual(2);
    // What was under way when it was cut goes a second time.
    expect(result.bytesSent).toBeLessThan(60_000_000);
    expect(tree(current())).toBe(tree(model));
    expect((await readdir(path.join(root, "bert"))).toSorted()).toEqual([".history", "current", "versions"]);
  });

  it("keeps what arrived when the host is gone for good", async () => {
    await writeFile(path.join(model, "weights.bin"), randomBytes(40_000_000));
    const own = await dialSshd(sshd);
    const failing = push(
      options({
        host: own,
        link: { connections: 1, redials: 1 },
        dial: () => Promise.reject(new Error("gone")),
        emit(event) {
          if (event.type === "progress" && event.id === "send" && event.done > 10_000_000) own.drop();
        },
      }),
    );
    await expect(failing).rejects.toMatchObject({ reason: "connection-lost", exitCode: 5 });
    await rm(path.join(root, "bert", ".lock"));
    const again = await push(options());
    expect(again.bytesSent).toBeLessThanOrEqual(32_000_000);
    expect(tree(current())).toBe(tree(model));
  });
});
