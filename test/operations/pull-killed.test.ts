import { type ChildProcess, execFileSync, spawn, spawnSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { existsSync, statfsSync, statSync } from "node:fs";
import { mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Relay, startRelay } from "../ssh/relay.ts";
import { noSshd, removeSshd, type Sshd, startSshd } from "../ssh/sshd.ts";
import { recorder } from "../ssh/voice.ts";
import { moments } from "./moments.ts";
import { pushDirectory } from "./push-directory.ts";
import { dialSshd } from "./sshd-host.ts";
import { treeOf } from "./store-tree.ts";

const built = path.resolve(import.meta.dirname, "../../dist/main.js");
const reason =
  noSshd ??
  (existsSync(built) ? undefined : "dist/ is not built (npm run build)") ??
  (process.getuid?.() === 0 ? undefined : "a disk of its own needs root");
if (reason !== undefined) console.log(`skipped: ${reason}`);

/** Large against what one connection has under way, since that is what a kill can lose. */
const LARGE = 256 * 1024 * 1024;
const SMALL_FILES = 200;
/** What comes over the line beside the model's bytes: SSH's frames, logins, facts, the manifest. */
const PROTOCOL = LARGE / 100;

type Victim = "client" | "Ctrl-C" | "connection" | "server" | "program" | "disk";

/** How the command ended that was cut down: some go on by themselves. */
const FAILURE: Readonly<Record<Victim, RegExp>> = {
  client: /^"killed"$/u,
  "Ctrl-C": /^.*"interrupted".*arrived and are kept.*"exitCode":130.*$/u,
  connection: /^$/u,
  server: /^(?:|.*"connection-lost".*)$/u,
  program: /^$/u,
  disk: /^.*"no-space".*"exitCode":1.*$/u,
};

describe.skipIf(reason !== undefined).each([
  [
    "program",
    [
      "client",
      "connection",
      "server",
      "program",
      "disk",
      "Ctrl-C",
      "disk",
      "connection",
      "server",
      "client",
    ] as readonly Victim[],
  ],
  ["sftp", ["client", "connection", "Ctrl-C"] as readonly Victim[]],
])("a fetch that is cut down at random moments (%s)", (way, victims) => {
  const withoutPython = way === "sftp";
  let sshd: Sshd;
  let relay: Relay;
  let work: string;
  let bytes = 0;
  beforeAll(async () => {
    sshd = await startSshd({ withoutPython });
    relay = await startRelay(sshd.port);
    work = await mkdtemp(path.join(os.tmpdir(), "bertops-pull-killed-"));
    for (const name of ["store", "disk", path.join("model", "many")])
      await mkdir(path.join(work, name), { recursive: true });
    execFileSync("mount", ["-t", "tmpfs", "-o", "size=4g", "none", path.join(work, "disk")]);
    const [type, key] = sshd.hostKey.split(" ");
    await writeFile(path.join(work, "known_hosts"), `[127.0.0.1]:${relay.port} ${type} ${key}\n`);
    await writeFile(path.join(work, "model", "weights.bin"), randomBytes(LARGE));
    bytes = LARGE;
    for (let index = 0; index < SMALL_FILES; index++) {
      const text = `${index} ${"x".repeat(index)}`;
      bytes += text.length;
      await writeFile(path.join(work, "model", "many", `file ${index}`), text);
    }
    const host = await dialSshd(sshd);
    await pushDirectory({
      host,
      dial: () => dialSshd(sshd),
      directory: path.join(work, "model"),
      root: path.join(work, "store"),
      model: "model",
      pusher: { user: "ana", machine: "laptop" },
      activate: true,
      wait: 0,
      emit: recorder().emit,
      now: () => new Date(),
      signal: new AbortController().signal,
    });
    host.close();
  }, 120_000);
  afterAll(async () => {
    await relay.stop();
    await removeSshd(sshd);
    execFileSync("umount", [path.join(work, "disk")]);
    await rm(work, { recursive: true, force: true });
  });

  const fetched = (): string => path.join(work, "disk", "fetched");
  function start(connections: number): ChildProcess {
    return spawn(
      process.execPath,
      [
        path.resolve(import.meta.dirname, "../../bin/bertops.js"),
        "models",
        "pull",
        fetched(),
        "--model=model",
        "--json",
        `--connections=${connections}`,
        `--root=${path.join(work, "store")}`,
        `--host=${sshd.user}@127.0.0.1:${relay.port}`,
        `--identity=${sshd.identity}`,
        `--known-hosts=${path.join(work, "known_hosts")}`,
      ],
      {
        cwd: work,
        env: { ...process.env, XDG_CACHE_HOME: path.join(work, "cache") },
        stdio: ["ignore", "pipe", "ignore"],
      },
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

  /** Looks again and again, as whoever waits for the model does: it is not there, or all of it is. */
  function lookInALoop(): { readonly seen: Set<string>; stop(): Promise<void> } {
    const seen = new Set<string>();
    const end = new AbortController();
    const expected = ["bertops-manifest.json", "many", "weights.bin"].join(" ");
    const look = async (): Promise<string> => {
      const names = await readdir(fetched()).catch(() => undefined);
      if (names === undefined) return "absent";
      const many = await readdir(path.join(fetched(), "many"));
      const { size } = statSync(path.join(fetched(), "weights.bin"));
      const whole = names.toSorted().join(" ") === expected && many.length === SMALL_FILES && size === LARGE;
      return whole ? "whole" : `in part: ${names.join(" ")}, ${many.length}, ${size}`;
    };
    const loop = (async () => {
      while (!end.signal.aborted) {
        seen.add(await look().catch(String));
        await wait(5);
      }
    })();
    return {
      seen,
      async stop() {
        end.abort();
        await loop;
      },
    };
  }

  /** Programs on the host that have to do with this store, by their numbers. */
  function programs(): readonly number[] {
    return execFileSync("ps", ["-ww", "-eo", "pid=,args="], { encoding: "utf8" })
      .split("\n")
      .filter((line) => line.includes(path.join(work, "store")) && line.includes("python3 -"))
      .map((line) => Number.parseInt(line, 10));
  }
  async function strike(victim: Victim, child: ChildProcess): Promise<void> {
    if (victim === "client") child.kill("SIGKILL");
    if (victim === "Ctrl-C") child.kill("SIGINT");
    if (victim === "connection") relay.cut();
    if (victim === "program") for (const pid of programs()) process.kill(pid, "SIGKILL");
    if (victim === "disk") fillUp();
    if (victim === "server") {
      await sshd.stop();
      sshd = await startSshd({ withoutPython, from: sshd });
    }
  }
  /** Leaves no more space than what is used; while more arrives, the kernel refuses what would be less. */
  function fillUp(): void {
    const disk = path.join(work, "disk");
    for (let attempt = 0; attempt < 100; attempt++) {
      const { blocks, bfree, bsize } = statfsSync(disk);
      const size = `size=${((blocks - bfree) * bsize) / 1024 + 100}k`;
      if (spawnSync("mount", ["-o", `remount,${size}`, disk]).status === 0) return;
    }
    throw new Error("the disk could not be made small enough");
  }

  const random = moments(20_261_123);
  it.each(victims.map((victim, round) => [round + 1, victim, random()] as const))(
    "%i: its %s, at %d of it; then the same command ends well",
    { timeout: 300_000 },
    async (_, victim, moment) => {
      await rm(fetched(), { recursive: true, force: true });
      // Where the fetch itself ends, what each connection has under way is lost: a few megabytes.
      const goesOn = victim === "connection" || victim === "server" || victim === "program";
      const connections = way === "program" && goesOn ? 2 : 1;
      const before = relay.received();
      const looking = lookInALoop();
      const child = start(connections);
      let struck: Promise<void> | undefined;
      relay.atReceived(before + bytes * moment, () => {
        struck = strike(victim, child);
      });
      const first = await ended(child);
      const failure =
        child.signalCode === "SIGKILL" ? "killed" : first["ok"] === true ? undefined : first["error"];
      expect(failure === undefined ? "" : JSON.stringify(failure)).toMatch(FAILURE[victim]);
      expect(struck).toBeDefined();
      await struck;
      if (victim === "disk") execFileSync("mount", ["-o", "remount,size=4g", path.join(work, "disk")]);
      const again = start(connections);
      expect(await ended(again)).toMatchObject({ ok: true });
      await looking.stop();
      expect(treeOf(fetched())).toBe(treeOf(path.join(work, "model")));
      const twice = relay.received() - before - bytes;
      console.log(
        `${way} ${victim} at ${moment.toFixed(2)}: ${(twice / 1e6).toFixed(1)} MB more than the model`,
      );
      expect(twice).toBeLessThan(0.02 * bytes + PROTOCOL);
      expect([...looking.seen].filter((state) => state !== "absent" && state !== "whole")).toEqual([]);
      expect(await readdir(path.join(work, "disk"))).toEqual(["fetched"]);
      expect(await readdir(path.join(work, "store", "model"))).toEqual(
        expect.not.arrayContaining([".lock", ".incoming"]),
      );
      for (let look = 0; programs().length > 0 && look < 100; look++) await wait(100);
      expect(programs()).toEqual([]);
    },
  );
});
