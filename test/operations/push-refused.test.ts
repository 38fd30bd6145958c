import { execFileSync, spawnSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { existsSync, readdirSync } from "node:fs";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type DirectoryPush, pushDirectory as push } from "./push-directory.ts";
import type { StoreHost } from "../../src/store/host.ts";
import { noSshd, removeSshd, type Sshd, startSshd } from "../ssh/sshd.ts";
import { recorder } from "../ssh/voice.ts";
import { dialSshd } from "./sshd-host.ts";

/** A small disk needs a mount of its own, which only root may make, and not everywhere. */
function whyNoDisk(): string | undefined {
  if (noSshd !== undefined) return noSshd;
  if (process.getuid?.() !== 0) return "a disk of its own needs root";
  const place = path.join(os.tmpdir(), `bertops-probe-${process.pid}`);
  const made = spawnSync("sh", [
    "-c",
    'mkdir "$1" && mount -t tmpfs -o size=1m none "$1" && umount "$1"; rmdir "$1"',
    "sh",
    place,
  ]);
  return made.status === 0 ? undefined : "this machine mounts no tmpfs";
}

const reason = whyNoDisk();
if (reason !== undefined) console.log(`skipped: ${reason}`);

describe.skipIf(reason !== undefined).each(["program", "sftp"] as const)(
  "a disk that takes no more (%s)",
  (way) => {
    let sshd: Sshd;
    let host: StoreHost;
    let work: string;
    let root: string;
    beforeAll(async () => {
      sshd = await startSshd({ withoutPython: way === "sftp" });
      host = await dialSshd(sshd);
      work = await mkdtemp(path.join(os.tmpdir(), "bertops-full-"));
      root = path.join(work, "store");
      await mkdir(root);
      await mkdir(path.join(work, "model"));
      execFileSync("mount", ["-t", "tmpfs", "-o", "size=32m", "none", root]);
      await writeFile(path.join(work, "model", "weights.bin"), randomBytes(12_000_000));
    });
    afterAll(async () => {
      host.close();
      await removeSshd(sshd);
      execFileSync("umount", [root]);
      await rm(work, { recursive: true });
    });

    const filler = (): string => path.join(root, "filler");
    function options(changes: Partial<DirectoryPush> = {}): DirectoryPush {
      return {
        directory: path.join(work, "model"),
        model: "bert",
        root,
        activate: true,
        wait: 0,
        pusher: { user: "ana", machine: "laptop" },
        host,
        dial: () => dialSshd(sshd),
        emit: recorder().emit,
        signal: new AbortController().signal,
        now: () => new Date(),
        ...changes,
      };
    }

    it("is refused before anything is sent", async () => {
      await writeFile(filler(), randomBytes(24_000_000));
      await expect(push(options())).rejects.toMatchObject({
        reason: "no-space",
        message: expect.stringMatching(/MB are needed, \d+ MB are free/u),
      });
      await rm(filler());
    });

    it("is refused where it would go beyond the person's own quota", async () => {
      await expect(push(options({ quota: 10_000_000 }))).rejects.toMatchObject({
        reason: "over-quota",
        exitCode: 1,
        message: expect.stringMatching(/holds \d+ kB; with 13 MB more it would be over the quota of 10 MB/u),
      });
      expect((await push(options({ model: "other", quota: 20_000_000 }))).active).toBe(true);
      // All models of the store count, and what is linked counts once.
      await expect(push(options({ quota: 20_000_000 }))).rejects.toMatchObject({ reason: "over-quota" });
      await rm(path.join(root, "other"), { recursive: true });
    });

    it("stops when it fills up on the way, and the same command goes on", async () => {
      let filled = false;
      const emit: DirectoryPush["emit"] = (event) => {
        if (filled || event.type !== "step" || event.id !== "send") return;
        filled = true;
        execFileSync("dd", ["if=/dev/zero", `of=${filler()}`, "bs=1M", "count=25", "status=none"]);
      };
      await expect(push(options({ emit }))).rejects.toMatchObject({ reason: "no-space", exitCode: 1 });
      expect(existsSync(path.join(root, "bert", "current"))).toBe(false);
      await rm(filler());
      const again = await push(options());
      expect(again.active).toBe(true);
      const [sent, there] = await Promise.all([
        readFile(path.join(work, "model", "weights.bin")),
        readFile(path.join(root, "bert", "current", "weights.bin")),
      ]);
      expect(there.equals(sent)).toBe(true);
      expect(readdirSync(path.join(root, "bert")).toSorted()).toEqual([".history", "current", "versions"]);
    });

    it("is read-only", async () => {
      await writeFile(path.join(work, "model", "more"), "more");
      // The program of the push before may still be closing its files.
      await expect
        .poll(() => spawnSync("mount", ["-o", "remount,ro", root]).status, { timeout: 5000 })
        .toBe(0);
      await expect(push(options())).rejects.toMatchObject({ reason: "store-denied", exitCode: 4 });
      execFileSync("mount", ["-o", "remount,rw", root]);
    });
  },
);
