import { type ChildProcess, execFileSync, spawn, spawnSync } from "node:child_process";
import { hash, randomBytes } from "node:crypto";
import { existsSync, statfsSync } from "node:fs";
import { mkdir, mkdtemp, open, readdir, readFile, readlink, rm, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { BLOCK_SIZE, parseManifest } from "../../src/store/manifest.ts";
import { type Relay, startRelay } from "../ssh/relay.ts";
import { noSshd, removeSshd, type Sshd, startSshd } from "../ssh/sshd.ts";
import { moments } from "./moments.ts";
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
/** What goes over the line beside the model's bytes: SSH's frames, logins, scripts, the manifest. */
const PROTOCOL = LARGE / 100;

type Victim = "client" | "connection" | "server" | "program" | "disk";

/** How the command ended that was cut down: some go on by themselves. */
const FAILURE: Readonly<Record<Victim, RegExp>> = {
  client: /^"killed"$/u,
  connection: /^$/u,
  server: /^(?:|.*"connection-lost".*)$/u,
  program: /^$/u,
  disk: /^.*"no-space".*"exitCode":1.*$/u,
};

describe.skipIf(reason !== undefined).each([
  [
    "program",
    ["client", "connection", "server", "program", "disk", "client", "disk", "connection", "server", "client"],
  ],
  ["sftp", ["client", "connection"]],
] as const)("a push that is cut down at random moments (%s)", (way, victims) => {
  /** Two instances that mount one store, behind one relay. */
  const instances: Sshd[] = [];
  let relay: Relay;
  let work: string;
  let store: string;
  beforeAll(async () => {
    const withoutPython = way === "sftp";
    const one = await startSshd({ withoutPython });
    // The same keys, so that a person's known_hosts is right for both.
    const two = await startSshd({ withoutPython });
    for (const name of ["host_key", "host_key.pub", "authorized_keys"])
      await writeFile(path.join(two.directory, name), await readFile(path.join(one.directory, name)));
    await two.stop();
    instances.push(one, await startSshd({ withoutPython, from: two }));
    relay = await startRelay(one.port);
    work = await mkdtemp(path.join(os.tmpdir(), "bertops-killed-"));
    store = path.join(work, "store");
    await mkdir(store);
    await mkdir(path.join(work, "model", "many"), { recursive: true });
    execFileSync("mount", ["-t", "tmpfs", "-o", "size=4g", "none", store]);
    const [type, key] = one.hostKey.split(" ");
    await writeFile(path.join(work, "known_hosts"), `[127.0.0.1]:${relay.port} ${type} ${key}\n`);
  });
  afterAll(async () => {
    await relay.stop();
    for (const sshd of instances) await removeSshd(sshd);
    execFileSync("umount", [store]);
    await rm(work, { recursive: true, force: true });
  });

  const place = (...parts: string[]): string => path.join(store, "model", ...parts);
  function start(connections: number): ChildProcess {
    return spawn(
      process.execPath,
      [
        path.resolve(import.meta.dirname, "../../bin/bertops.js"),
        "push-model",
        path.join(work, "model"),
        "--raw",
        "--json",
        `--connections=${connections}`,
        `--root=${store}`,
        `--host=${instances[0]?.user}@127.0.0.1:${relay.port}`,
        `--identity=${instances[0]?.identity}`,
        `--known-hosts=${path.join(work, "known_hosts")}`,
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

  /** Opens `current` again and again, as a service does, and keeps what was wrong with what it found. */
  function readInALoop(): { readonly faults: string[]; looks: number; stop(): Promise<void> } {
    const reader = { faults: Array<string>(), looks: 0, stop };
    const end = new AbortController();
    const loop = (async () => {
      while (!end.signal.aborted) {
        await look().catch((error: unknown) => void reader.faults.push(String(error)));
        await wait(5);
      }
    })();
    async function look(): Promise<void> {
      const link = await readlink(place("current")).catch(() => undefined);
      if (link === undefined) return;
      const manifest = parseManifest(await readFile(place(link, "bertops-manifest.json"), "utf8"));
      for (const file of manifest.files) {
        const handle = await open(place(link, file.path), "r");
        try {
          if ((await handle.stat()).size !== file.size) reader.faults.push(`${link}/${file.path}: size`);
          const block = (reader.looks * 7919) % Math.max(1, file.blocks.length);
          const buffer = Buffer.alloc(BLOCK_SIZE);
          const { bytesRead } = await handle.read(buffer, 0, BLOCK_SIZE, block * BLOCK_SIZE);
          if (hash("sha256", buffer.subarray(0, bytesRead), "hex") !== file.blocks[block])
            reader.faults.push(`${link}/${file.path}: block ${block}`);
        } finally {
          await handle.close();
        }
      }
      reader.looks++;
    }
    async function stop(): Promise<void> {
      end.abort();
      await loop;
    }
    return reader;
  }

  /** Programs on the hosts that have to do with this store, by their numbers. */
  function programs(): readonly number[] {
    return execFileSync("ps", ["-ww", "-eo", "pid=,args="], { encoding: "utf8" })
      .split("\n")
      .filter((line) => line.includes(store) && line.includes("python3 -"))
      .map((line) => Number.parseInt(line, 10));
  }
  async function strike(victim: Victim, child: ChildProcess): Promise<void> {
    if (victim === "client") child.kill("SIGKILL");
    if (victim === "connection") relay.cut();
    if (victim === "program") for (const pid of programs()) process.kill(pid, "SIGKILL");
    if (victim === "disk") fillUp();
    if (victim === "server") {
      const [one] = instances;
      await one?.stop();
      if (one !== undefined) instances[0] = await startSshd({ withoutPython: way === "sftp", from: one });
    }
  }
  /** Leaves no more space than what is used; while more arrives, the kernel refuses what would be less. */
  function fillUp(): void {
    for (let attempt = 0; attempt < 100; attempt++) {
      const { blocks, bfree, bsize } = statfsSync(store);
      const size = `size=${((blocks - bfree) * bsize) / 1024 + 100}k`;
      if (spawnSync("mount", ["-o", `remount,${size}`, store]).status === 0) return;
    }
    throw new Error("the disk could not be made small enough");
  }
  async function newModel(round: number): Promise<number> {
    await writeFile(path.join(work, "model", "weights.bin"), randomBytes(LARGE + round));
    let bytes = LARGE + round;
    for (let index = 0; index < SMALL_FILES; index++) {
      const text = `${round} ${index} ${"x".repeat(index)}`;
      bytes += text.length;
      await writeFile(path.join(work, "model", "many", `file ${index}`), text);
    }
    return bytes;
  }

  const random = moments(20_261_122);
  it.each(victims.map((victim, round) => [round + 1, victim, random()] as const))(
    "%i: its %s, at %d of it; then the same command ends well",
    { timeout: 300_000 },
    async (round, victim, moment) => {
      const bytes = await newModel(round);
      // A host that lost its program or its disk, or has none, lost what each connection had under way: a few megabytes.
      const connections = way === "sftp" || victim === "program" || victim === "disk" ? 1 : 4;
      const before = relay.sent();
      const reader = readInALoop();
      const child = start(connections);
      let struck: Promise<void> | undefined;
      relay.at(before + bytes * moment, () => {
        struck = strike(victim, child);
      });
      const failures: string[] = [];
      let answer = await ended(child);
      await struck;
      expect(struck, "the moment came").toBeDefined();
      for (let again = 0; answer["ok"] !== true && again < 2; again++) {
        failures.push(JSON.stringify(answer["error"] ?? "killed"));
        execFileSync("mount", ["-o", "remount,size=4g", store]);
        // Every other time on another instance.
        relay.turnTo(instances[round % 2]?.port ?? 0);
        answer = await ended(start(connections));
      }
      relay.turnTo(instances[0]?.port ?? 0);
      await reader.stop();
      expect(answer).toMatchObject({ ok: true, active: true, verified: true });
      expect(failures.join(" ")).toMatch(FAILURE[victim]);
      expect(await readlink(place("current"))).toBe(`versions/${String(answer["version"])}`);
      expect(treeOf(place("current"))).toBe(treeOf(path.join(work, "model")));
      const twice = relay.sent() - before - bytes;
      console.log(
        `${way} ${victim} at ${moment.toFixed(2)}: ${(twice / 1e6).toFixed(1)} MB more than the model`,
      );
      expect(twice).toBeLessThan(0.02 * bytes + PROTOCOL);
      expect(reader.faults).toEqual([]);
      expect(reader.looks > 0 || round === 1).toBe(true);
      expect((await readdir(place())).toSorted()).toEqual([".history", "current", "versions"]);
      for (let look = 0; programs().length > 0 && look < 100; look++) await wait(100);
      expect(programs()).toEqual([]);
      const old = (await readdir(place("versions"))).toSorted().slice(0, -1);
      for (const id of old) await rm(place("versions", id), { recursive: true });
    },
  );
});
