import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { existsSync, readdirSync, readFileSync, readlinkSync } from "node:fs";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { hashFiles } from "../../src/store/hash-files.ts";
import { parseManifest } from "../../src/store/manifest.ts";
import { scanDirectory } from "../../src/store/scan-directory.ts";
import { noSshd, removeSshd, type Sshd, startSshd } from "../ssh/sshd.ts";

const built = path.resolve(import.meta.dirname, "../../dist/main.js");
const reason = noSshd ?? (existsSync(built) ? undefined : "dist/ is not built (npm run build)");
if (reason !== undefined) console.log(`skipped: ${reason}`);

/** The command itself is killed, with signal 9, at moments spread over its run; then it is run once more, to its end. */
describe.skipIf(reason !== undefined)("a push that is killed", () => {
  let sshd: Sshd;
  let work: string;
  beforeAll(async () => {
    sshd = await startSshd();
    work = await mkdtemp(path.join(os.tmpdir(), "bertops-killed-"));
    await mkdir(path.join(work, "model", "many"), { recursive: true });
    await mkdir(path.join(work, "store"));
  });
  afterAll(async () => {
    await removeSshd(sshd);
    await rm(work, { recursive: true, force: true });
  });

  function start(): ChildProcess {
    return spawn(
      process.execPath,
      [
        path.resolve(import.meta.dirname, "../../bin/bertops.js"),
        "push-model",
        path.join(work, "model"),
        "--raw",
        "--json",
        `--host=${sshd.user}@127.0.0.1:${sshd.port}`,
        `--identity=${sshd.identity}`,
        `--known-hosts=${sshd.knownHosts}`,
        `--root=${path.join(work, "store")}`,
      ],
      { cwd: work, stdio: ["ignore", "pipe", "ignore"] },
    );
  }
  async function ended(child: ChildProcess): Promise<Record<string, unknown>> {
    let text = "";
    child.stdout?.on("data", (chunk: Buffer) => (text += chunk.toString()));
    await new Promise((resolve) => {
      child.once("close", resolve);
    });
    const answer: unknown = text === "" ? {} : JSON.parse(text);
    return Object.fromEntries(Object.entries(answer ?? {}));
  }
  const place = (...parts: string[]): string => path.join(work, "store", "model", ...parts);

  /** What a reader of `current` finds must be whole, at every moment. */
  async function checkCurrent(): Promise<string | undefined> {
    if (!existsSync(place("current"))) return undefined;
    const directory = place(readlinkSync(place("current")));
    const manifest = parseManifest(readFileSync(path.join(directory, "bertops-manifest.json"), "utf8"));
    const files = await hashFiles((await scanDirectory(directory)).files, {
      signal: new AbortController().signal,
    });
    expect(files.map(({ path: name, blocks }) => [name, blocks])).toEqual(
      manifest.files.map(({ path: name, blocks }) => [name, blocks]),
    );
    return manifest.version;
  }

  it("goes on where it was, and readers never see half a model", { timeout: 120_000 }, async () => {
    for (const [round, moment] of [150, 350, 500, 650, 900].entries()) {
      await writeFile(path.join(work, "model", "weights.bin"), randomBytes(20_000_000 + round));
      for (let index = 0; index < 200; index++)
        await writeFile(path.join(work, "model", "many", `file ${index}`), `${round} ${index}`);
      const before = await checkCurrent();
      const child = start();
      await wait(moment);
      child.kill("SIGKILL");
      await ended(child);
      // Programs of the dead session notice that their input has ended.
      const after = await checkCurrent();
      // Killed late, it may have published already; then that is whole.
      expect(after === before || after !== undefined).toBe(true);
      // The lock of the dead was of this machine, where its successor sees that it is dead.
      const answer = await ended(start());
      expect(answer).toMatchObject({ ok: true, active: true });
      expect(await checkCurrent()).toBe(answer["version"]);
      expect(readdirSync(place()).toSorted()).toEqual([".history", "current", "versions"]);
    }
    expect(execFileSync("find", [place(), "-name", "*.part"], { encoding: "utf8" })).toBe("");
  });
});
