import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { cp, mkdir, mkdtemp, readdir, rm, symlink, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type Relay, startRelay } from "../ssh/relay.ts";
import { noSshd, removeSshd, type Sshd, startSshd } from "../ssh/sshd.ts";
import { bertops, type Ended } from "./command.ts";
import { treeOf } from "./store-tree.ts";

const root = path.resolve(import.meta.dirname, "../..");
const reason =
  noSshd ?? (existsSync(path.join(root, "dist/main.js")) ? undefined : "dist/ is not built (npm run build)");
if (reason !== undefined) console.log(`skipped: ${reason}`);

/** The command line as it is typed, against a real sshd. */
describe.skipIf(reason !== undefined)("push-model", () => {
  let sshd: Sshd;
  let relay: Relay;
  let work: string;
  let number = 0;
  beforeAll(async () => {
    sshd = await startSshd();
    relay = await startRelay(sshd.port);
    work = await mkdtemp(path.join(os.tmpdir(), "bertops-push-command-"));
    const [type, key] = sshd.hostKey.split(" ");
    await writeFile(path.join(work, "known_hosts"), `[127.0.0.1]:${relay.port} ${type} ${key}\n`);
  });
  afterAll(async () => {
    await relay.stop();
    await removeSshd(sshd);
    await rm(work, { recursive: true, force: true });
  });
  beforeEach(async () => {
    number++;
    await mkdir(path.join(work, `store-${number}`));
  });

  const words = (): readonly string[] => [
    "--model=bert",
    `--root=${path.join(work, `store-${number}`)}`,
    `--host=${sshd.user}@127.0.0.1:${relay.port}`,
    `--identity=${sshd.identity}`,
    `--known-hosts=${path.join(work, "known_hosts")}`,
  ];
  const environment = (): Readonly<Record<string, string>> => ({ XDG_CACHE_HOME: path.join(work, "cache") });
  const run = (...given: readonly string[]): Promise<Ended> =>
    bertops(["push-model", ...given, ...words()], { cwd: work, environment: environment() });
  const model = (...parts: string[]): string => path.join(work, `store-${number}`, "bert", ...parts);

  it.each(["fp32", "int8"])(
    "converts the same model to the same bytes (%s): pushed again it sends nothing, whatever was kept of it here",
    { timeout: 120_000 },
    async (precision) => {
      const source = path.join(work, "source");
      await cp(path.join(root, "models/demo"), source, { recursive: true });
      const precise = `--precision=${precision}`;
      const first = (await run(source, precise, "--json")).json();
      expect(first).toMatchObject({ ok: true, active: true, unchanged: false });
      expect(first["bytesSent"]).toBe(first["bytes"]);
      const unchanged = { ok: true, unchanged: true, bytesSent: 0, version: first["version"], active: true };
      expect((await run(source, precise, "--json")).json()).toMatchObject(unchanged);
      const kept = path.join(work, "cache", "bertops", "prepared");
      const before = await readdir(kept);
      expect(before).not.toEqual([]);
      // Another machine, or a cache that was cleared: it is converted once more, from a copy with other times.
      await rm(path.join(work, "cache"), { recursive: true });
      await rm(source, { recursive: true });
      await cp(path.join(root, "models/demo"), source, { recursive: true });
      expect((await run(source, precise, "--json")).json()).toMatchObject(unchanged);
      expect(await readdir(kept)).not.toEqual(before);
      expect(await readdir(model("versions"))).toEqual([first["version"]]);
    },
  );

  it(
    "stops at Ctrl-C with what arrived and stays, gives the lock back, and goes on",
    { timeout: 60_000 },
    async () => {
      const source = path.join(work, "interrupted");
      await mkdir(source);
      await writeFile(path.join(source, "weights.bin"), randomBytes(64 * 1024 * 1024));
      const child = spawn(
        process.execPath,
        [path.join(root, "bin/bertops.js"), "push-model", source, "--raw", "--json", ...words()],
        { cwd: work, env: { ...process.env, ...environment() }, stdio: ["ignore", "pipe", "ignore"] },
      );
      let stdout = "";
      child.stdout.on("data", (chunk: Buffer) => (stdout += chunk.toString()));
      const before = relay.sent();
      relay.at(before + 24 * 1024 * 1024, () => child.kill("SIGINT"));
      const code = await new Promise((resolve) => {
        child.once("close", resolve);
      });
      expect(code).toBe(130);
      const { error } = JSON.parse(stdout) as Record<string, Record<string, unknown>>;
      expect(error).toMatchObject({
        reason: "interrupted",
        message: expect.stringMatching(/\d+ MB of 67 MB.* are on .* and stay there/u),
        exitCode: 130,
      });
      expect((await readdir(model())).toSorted()).toEqual([".incoming"]);
      const again = (await run(source, "--raw", "--json")).json();
      expect(again).toMatchObject({ ok: true, active: true });
      expect(again["bytesSent"]).toBeLessThan(64 * 1024 * 1024 - 16 * 1024 * 1024);
      expect(treeOf(model("current"))).toBe(treeOf(source));
    },
  );

  it("says of a path that is not there that it is not, and of a file that it is one; what lies around it is not read", async () => {
    const around = path.join(work, "around");
    await mkdir(around);
    await symlink(".", path.join(around, "loop"));
    await writeFile(path.join(around, "notes.txt"), "x");
    const absent = path.join(around, "nowhere");
    expect((await run(absent, "--json")).json()).toMatchObject({
      ok: false,
      error: { reason: "not-found", message: `Cannot read ${absent}: it does not exist.`, exitCode: 2 },
    });
    expect((await run(path.join(around, "notes.txt"), "--json")).json()).toMatchObject({
      ok: false,
      error: { reason: "not-a-directory", exitCode: 2 },
    });
  });

  it("tells what happens with --events, one object a line, and ends with what came of it", async () => {
    const source = path.join(work, "told");
    await mkdir(source);
    await writeFile(path.join(source, "weights.bin"), randomBytes(4 * 1024 * 1024));
    const done = await run(source, "--raw", "--json", "--events");
    const events = eventsIn(done.stderr);
    expect(
      events.every(({ time, type }) => typeof type === "string" && !Number.isNaN(Date.parse(String(time)))),
    ).toBe(true);
    // Files are read while they are sent: only what belongs together has an order.
    for (const id of ["read", "send"]) {
      const states = events.filter((event) => event["type"] === "step" && event["id"] === id);
      expect(states.map(({ state }) => state)).toEqual(["started", "done"]);
    }
    expect(events.filter(({ type }) => type === "file")).toMatchObject([
      { path: "weights.bin", bytes: 4 * 1024 * 1024, bytesToSend: 4 * 1024 * 1024, how: "sent" },
    ]);
    expect(events.findLast(({ type, id }) => type === "progress" && id === "send")).toMatchObject({
      done: 4 * 1024 * 1024,
      total: 4 * 1024 * 1024,
      unit: "bytes",
    });
    const { time: _, type, ...result } = events.at(-1) ?? {};
    expect(type).toBe("result");
    expect(result).toEqual(done.json());

    const failed = await run(path.join(work, "nowhere"), "--raw", "--json", "--events");
    const last = eventsIn(failed.stderr).at(-1);
    expect(last).toMatchObject({
      type: "failure",
      ok: false,
      error: { reason: "no-directory", exitCode: 2 },
    });
    expect(failed.json()).toMatchObject({ ok: false, error: { reason: "no-directory" } });
  });
});

function eventsIn(text: string): readonly Record<string, unknown>[] {
  return text
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as Record<string, unknown>);
}
