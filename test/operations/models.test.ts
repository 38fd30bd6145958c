import { execFileSync } from "node:child_process";
import { appendFile, mkdir, mkdtemp, readdir, readFile, readlink, rm, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Endpoint } from "../../src/endpoint/endpoint.ts";
import { currentVersions, historyLine, readHistory } from "../../src/operations/models/history.ts";
import { diffVersions } from "../../src/operations/models/diff.ts";
import { listModels } from "../../src/operations/models/list.ts";
import { pullVersion } from "../../src/operations/models/pull.ts";
import { startReading } from "../../src/operations/models/readers.ts";
import {
  planPrune,
  planRemove,
  removeVersions,
  surveyRemovable,
} from "../../src/operations/models/remove.ts";
import type { ModelStore } from "../../src/operations/models/store.ts";
import { unlockModel } from "../../src/operations/models/unlock.ts";
import { rollBack, useVersion } from "../../src/operations/models/use.ts";
import { verifyVersions } from "../../src/operations/models/verify.ts";
import { pushDirectory as push } from "./push-directory.ts";
import type { StoreHost } from "../../src/store/host.ts";
import { NOTE } from "../../src/store/scripts/publish.ts";
import { noSshd, removeSshd, type Sshd, startSshd } from "../ssh/sshd.ts";
import { recorder } from "../ssh/voice.ts";
import { dialSshd } from "./sshd-host.ts";

if (noSshd !== undefined) console.log(`skipped: ${noSshd}`);

describe("the history of a model", () => {
  it("tells what was current, and going back takes away what came after", () => {
    const line = (action: string, version: string, current = true): string =>
      JSON.stringify({ action, version, current });
    expect(currentVersions("")).toEqual([]);
    const history = [
      line("push", "a"),
      line("push", "not", false),
      line("push", "b"),
      "{damaged",
      line("use", "c"),
      line("rollback", "b"),
      line("use", "d"),
    ].join("\n");
    expect(currentVersions(history)).toEqual(["a", "b", "d"]);
  });
});

describe.skipIf(noSshd !== undefined)("models in a store on a real sshd", () => {
  let sshd: Sshd;
  let host: StoreHost;
  let work: string;
  let store: ModelStore;
  const ids: string[] = [];
  let clock = Date.UTC(2026, 10, 22, 8, 15, 0);
  beforeAll(async () => {
    sshd = await startSshd();
    host = await dialSshd(sshd);
    work = await mkdtemp(path.join(os.tmpdir(), "bertops-models-"));
    const root = path.join(work, "store");
    await mkdir(root);
    const pusher = { user: "ana", machine: "laptop" };
    store = {
      host,
      root,
      model: "bert",
      pusher,
      now: () => new Date((clock += 1000)),
      signal: new AbortController().signal,
    };
    const directory = path.join(work, "model");
    await mkdir(directory);
    await writeFile(path.join(directory, "same"), "the same in all of them");
    for (const content of ["one", "two", "three", "four"]) {
      await writeFile(path.join(directory, "vocab.txt"), content);
      const { version } = await push({
        ...store,
        directory,
        activate: content !== "four",
        wait: 0,
        dial: () => dialSshd(sshd),
        emit: recorder().emit,
      });
      ids.push(version);
    }
  });
  afterAll(async () => {
    host.close();
    await removeSshd(sshd);
    await rm(work, { recursive: true });
  });
  const current = async (): Promise<string> =>
    (await readlink(path.join(store.root, "bert", "current"))).split("/")[1] ?? "";

  it("lists them, newest first", async () => {
    const [model, ...others] = await listModels(host, store.root, undefined, store.signal);
    expect(others).toEqual([]);
    expect(model?.versions.map(({ id, active }) => [id, active])).toEqual([
      [ids[3], false],
      [ids[2], true],
      [ids[1], false],
      [ids[0], false],
    ]);
    expect(model?.versions[0]).toMatchObject({ files: 2, bytes: 27, pushedBy: "ana@laptop" });
    expect(model?.versions[0]?.pushedAt).toMatch(/^2026-11-22T08:15/u);
    expect(await listModels(host, store.root, "other", store.signal)).toEqual([]);
    await expect(listModels(host, `${store.root}/nowhere`, undefined, store.signal)).rejects.toMatchObject({
      reason: "not-mounted",
    });
  });

  it("switches, and goes back one after the other", async () => {
    expect(await useVersion(store, ids[3]?.slice(-8) ?? "", 0)).toMatchObject({
      version: ids[3],
      changed: true,
    });
    expect(await useVersion(store, ids[3] ?? "", 0)).toMatchObject({ changed: false });
    expect(await current()).toBe(ids[3]);
    expect(await rollBack(store, 0)).toMatchObject({ version: ids[2], previous: ids[3] });
    expect(await rollBack(store, 0)).toMatchObject({ version: ids[1] });
    expect(await rollBack(store, 0)).toMatchObject({ version: ids[0] });
    await expect(rollBack(store, 0)).rejects.toMatchObject({ reason: "no-previous-version" });
    await expect(useVersion(store, "ffffffff", 0)).rejects.toMatchObject({
      reason: "no-version",
      exitCode: 2,
    });
    await expect(useVersion({ ...store, model: "none" }, "x", 0)).rejects.toMatchObject({
      reason: "no-model",
    });
    await useVersion(store, ids[2] ?? "", 0);
  });

  it("fetches a version, whole and verified, into a directory of its own", async () => {
    const directory = path.join(work, "pulled");
    const options = { directory, dial: () => dialSshd(sshd), emit: recorder().emit };
    expect(await pullVersion(store, { ...options, version: ids[1] ?? "" })).toMatchObject({
      version: ids[1],
      files: 2,
    });
    expect(await readFile(path.join(directory, "vocab.txt"), "utf8")).toBe("two");
    expect(await pullVersion(store, options)).toMatchObject({ version: ids[2], bytesFetched: 5 });
    expect(await readFile(path.join(directory, "vocab.txt"), "utf8")).toBe("three");
    expect((await readdir(work)).toSorted()).toEqual(["model", "pulled", "store"]);
  });

  it("tells what makes one version another", async () => {
    expect(await diffVersions(store, ids[0] ?? "", ids[1])).toMatchObject({
      files: [{ path: "vocab.txt", change: "changed", bytes: 3, newBytes: 3 }],
    });
    expect((await diffVersions(store, ids[2] ?? "", undefined)).files).toEqual([]);
  });

  it("notices damage", async () => {
    expect((await verifyVersions(store, [])).map(({ ok }) => ok)).toEqual([true, true, true, true]);
    const at = path.join(store.root, "bert", "versions", ids[1] ?? "");
    await writeFile(path.join(at, "vocab.txt"), "tWo");
    await rm(path.join(at, "same"));
    const [one] = await verifyVersions(store, [ids[1] ?? ""]);
    expect(one).toMatchObject({ ok: false, damaged: ["same", "vocab.txt"] });
  });

  it("keeps what somebody reads", async () => {
    const reading = ids[1] ?? "";
    const reader = startReading({ ...store, pusher: { user: "eve", machine: "desk" } }, reading);
    await reader.begun;
    try {
      const seen = await surveyRemovable(store);
      expect(() => planRemove(seen, [reading], "bert")).toThrow(/being read by eve@desk/u);
      expect(planPrune(seen, 0)).not.toContain(`versions/${reading}`);
      // A reader that has not shown itself for two minutes is gone.
      const [token = ""] = await readdir(path.join(store.root, "bert", ".readers"));
      execFileSync("touch", ["-d", "10 minutes ago", path.join(store.root, "bert", ".readers", token)]);
      expect((await surveyRemovable(store)).readers.size).toBe(0);
    } finally {
      await reader.end();
    }
    expect(await readdir(path.join(store.root, "bert"))).not.toContain(".readers");
  });

  it("keeps what the instances of a service answer with", async () => {
    const seen = await surveyRemovable(store, {
      instances: 2,
      endpoint: serviceOf("/efs/models/bert", [ids[1] ?? "", ids[2] ?? ""]),
    });
    expect([...seen.readers]).toEqual([
      [ids[1], "i-0"],
      [ids[2], "i-1"],
    ]);
    const stranger = { instances: 2, endpoint: serviceOf("/efs/models/other", [ids[1] ?? ""]) };
    expect((await surveyRemovable(store, stranger)).readers.size).toBe(0);
  });

  it("removes versions, but never the current one nor the one before it", async () => {
    const seen = await surveyRemovable(store);
    expect(() => planRemove(seen, [ids[2] ?? ""], "bert")).toThrow(/current version/u);
    expect(seen.previous).toBe(ids[0]);
    expect(planPrune(seen, 1)).toEqual([`versions/${ids[1]}`]);
    const given = ".incoming/20261122T000000Z-00000000";
    await mkdir(path.join(store.root, "bert", given), { recursive: true });
    // What a removal that was cut off left goes with the next one.
    await mkdir(path.join(store.root, "bert", ".removed.1"));
    const { removed } = await removeVersions(store, 0, (now) => planPrune(now, 1));
    expect(removed).toEqual([`versions/${ids[1]}`, given]);
    expect((await readdir(path.join(store.root, "bert", "versions"))).toSorted()).toEqual([
      ids[0],
      ids[2],
      ids[3],
    ]);
    expect(await readdir(path.join(store.root, "bert"))).not.toContain(".removed.1");
    expect(await current()).toBe(ids[2]);
  });

  it("breaks a lock on request", async () => {
    const lock = path.join(store.root, "bert", ".lock");
    await writeFile(lock, JSON.stringify({ owner: "eve", host: "desk", since: "2026-11-22T08:00:00Z" }));
    execFileSync("touch", ["-d", "10 minutes ago", lock]);
    await expect(useVersion(store, ids[3] ?? "", 0)).rejects.toMatchObject({
      reason: "lock-held",
      message: expect.stringContaining("has not shown itself"),
    });
    expect(await unlockModel(store)).toBe("eve on desk, since 2026-11-22T08:00:00Z");
    expect(await unlockModel(store)).toBeUndefined();
  });

  it("remembers who did what, line after line, whoever writes at the same time or was cut off while writing", async () => {
    const before = await readHistory(store, 1000);
    expect(before.map(({ action }) => action).join(" ")).toBe(
      "push push push push use rollback rollback rollback use remove unlock",
    );
    expect(before[3]).toMatchObject({ version: ids[3], current: false, by: "ana@laptop" });
    expect(before.at(-1)).toMatchObject({ why: "held by eve on desk, since 2026-11-22T08:00:00Z" });
    await appendFile(path.join(store.root, "bert", ".history"), '{"at":"cut');
    const at = store.now();
    const entry = (version: string): string =>
      historyLine({ at, action: "use", version, current: false, pusher: store.pusher });
    await Promise.all(
      Array.from({ length: 8 }, (_, index) =>
        host.run(NOTE, [store.root, "bert", entry(`x${index}`)], { signal: store.signal }),
      ),
    );
    const after = (await readHistory(store, 1000)).slice(before.length);
    expect(after.map(({ version }) => version).toSorted()).toEqual(
      Array.from({ length: 8 }, (_, index) => `x${index}`).toSorted(),
    );
    expect(await readHistory(store, 2)).toEqual(after.slice(-2));
  });
});

/** A service behind a load balancer, whose instances answer in turn. */
function serviceOf(place: string, versions: readonly string[]): Endpoint {
  let asked = 0;
  const get: Endpoint["get"] = async () => {
    const turn = asked++ % versions.length;
    const body = { store: { path: place }, model: { version: versions[turn] } };
    const silent = { model: undefined, version: undefined, retryAfter: undefined, milliseconds: 1 };
    return { status: 200, instance: `i-${turn}`, body, ...silent };
  };
  return { url: "http://service", get, post: get };
}
