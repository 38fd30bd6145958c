import { randomBytes } from "node:crypto";
import {
  appendFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import os from "node:os";
import path from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type DirectoryPush, pushDirectory as push } from "./push-directory.ts";
import type { StoreHost } from "../../src/store/host.ts";
import { unusable } from "../../src/store/unusable.ts";
import { noSshd, removeSshd, type Sshd, startSshd } from "../ssh/sshd.ts";
import { recorder } from "../ssh/voice.ts";
import { dialSshd } from "./sshd-host.ts";
import { treeOf } from "./store-tree.ts";

if (noSshd !== undefined) console.log(`skipped: ${noSshd}`);
const MIB = 1024 * 1024;

it("nothing is built on what is not wanted, too long, or a version's own file", () => {
  const sizes = new Map([
    ["a b", 5],
    ["long", 5],
    ["linked", 5],
    ["-n", 5],
  ]);
  const listing = "5 ./a b\n6 ./long\n5 ./linked\n3 ./-n\n9 ./stray/x\n14 total\nlinked ./linked\n";
  expect(unusable(listing, sizes).map((file) => file.path)).toEqual(["long", "stray/x", "linked"]);
  expect(unusable("", sizes)).toEqual([]);
});

describe.each(noSshd === undefined ? (["program", "sftp"] as const) : [])(
  "an upload that was cut and is gone on with after changes here (%s)",
  (way) => {
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
      work = mkdtempSync(path.join(os.tmpdir(), "bertops-taken-"));
      [model, root] = [path.join(work, "model"), path.join(work, "store")];
      mkdirSync(model);
      mkdirSync(root);
      return () => rmSync(work, { recursive: true, force: true });
    });
    const inModel = (name: string): string => path.join(model, name);
    const version = (id: string): string => path.join(root, "bert", "versions", id);
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
    /** Pushes, and stops it when about so many bytes have arrived. */
    async function cut(bytes: number): Promise<void> {
      const stop = new AbortController();
      const emit: DirectoryPush["emit"] = (event) => {
        if (event.type === "progress" && event.id === "send" && event.done >= bytes)
          stop.abort(new Error("cut"));
      };
      await expect(push(options({ emit, signal: stop.signal }))).rejects.toThrow("cut");
      expect(readdirSync(path.join(root, "bert", ".incoming"))).toHaveLength(1);
    }

    it("leaves older versions as they are, whatever was linked into it", async () => {
      writeFileSync(inModel("weights"), randomBytes(3 * MIB));
      const first = await push(options());
      const before = treeOf(version(first.version));
      writeFileSync(inModel("more"), randomBytes(24 * MIB));
      await cut(4 * MIB);
      // What was linked from the first version is something else now.
      writeFileSync(inModel("weights"), randomBytes(3 * MIB));
      const second = await push(options());
      expect(treeOf(version(first.version))).toBe(before);
      expect(treeOf(version(second.version))).toBe(treeOf(model, "as a store has them"));
      // Of the other file, what arrived did not travel again.
      expect(second.bytesSent).toBeLessThan(24 * MIB);
    });

    it("has nothing left of what was longer, is gone, or became a directory or a file", async () => {
      writeFileSync(inModel("shorter"), randomBytes(2 * MIB));
      writeFileSync(inModel("gone"), "gone");
      writeFileSync(inModel("becomes a directory"), "x");
      mkdirSync(inModel("becomes a file"));
      writeFileSync(path.join(inModel("becomes a file"), "x"), "x");
      mkdirSync(inModel("directory"));
      writeFileSync(path.join(inModel("directory"), "x"), "x");
      writeFileSync(inModel("zz"), randomBytes(24 * MIB));
      await cut(8 * MIB);
      truncateSync(inModel("shorter"), MIB + 1);
      for (const name of ["gone", "becomes a directory", "becomes a file", "directory"])
        rmSync(inModel(name), { recursive: true });
      mkdirSync(inModel("becomes a directory"));
      writeFileSync(path.join(inModel("becomes a directory"), "y"), "y");
      writeFileSync(inModel("becomes a file"), "file");
      appendFileSync(inModel("zz"), "more");
      const second = await push(options());
      expect(treeOf(version(second.version))).toBe(treeOf(model, "as a store has them"));
      expect(readdirSync(path.join(root, "bert")).toSorted()).toEqual([".history", "current", "versions"]);
    });
  },
);
