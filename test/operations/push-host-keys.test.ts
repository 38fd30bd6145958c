import { execFileSync, spawnSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import os from "node:os";
import path from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { pushDirectory as push } from "./push-directory.ts";
import { type Relay, startRelay } from "../ssh/relay.ts";
import { noSshd, removeSshd, type Sshd, startSshd } from "../ssh/sshd.ts";
import { recorder } from "../ssh/voice.ts";
import { dialSshd } from "./sshd-host.ts";

const built = path.resolve(import.meta.dirname, "../../dist/main.js");
const reason = noSshd ?? (existsSync(built) ? undefined : "dist/ is not built (npm run build)");
if (reason !== undefined) console.log(`skipped: ${reason}`);

/** Two servers with keys of their own, and a relay that leads to the one or the other: what a man in the middle looks like. */
describe.skipIf(reason !== undefined)("a host key", () => {
  let right: Sshd;
  let wrong: Sshd;
  let relay: Relay;
  let work: string;
  beforeAll(async () => {
    right = await startSshd();
    wrong = await startSshd();
    writeFileSync(path.join(wrong.directory, "authorized_keys"), readFileSync(`${right.identity}.pub`));
    relay = await startRelay(right.port);
  });
  afterAll(async () => {
    await relay.stop();
    await removeSshd(right);
    await removeSshd(wrong);
  });
  beforeEach(() => {
    work = mkdtempSync(path.join(os.tmpdir(), "bertops-keys-"));
    for (const name of ["model", "store"]) mkdirSync(path.join(work, name));
    writeFileSync(path.join(work, "model", "weights.bin"), randomBytes(30_000_000));
    relay.turnTo(right.port);
    return () => rmSync(work, { recursive: true, force: true });
  });

  const keyOf = (sshd: Sshd): string => path.join(sshd.directory, "host_key.pub");
  const fingerprint = (sshd: Sshd): string =>
    execFileSync("ssh-keygen", ["-lf", keyOf(sshd)], { encoding: "utf8" }).split(" ")[1] ?? "";
  /** A known_hosts file that holds the right server's key under these ports. */
  function knownHosts(...ports: readonly number[]): string {
    const file = path.join(work, "known_hosts");
    const [type, key] = right.hostKey.split(" ");
    writeFileSync(file, ports.map((port) => `[127.0.0.1]:${port} ${type} ${key}\n`).join(""));
    return file;
  }
  async function pushModel(...flags: readonly string[]) {
    // The relay lives in this process, so the command must not be waited for in one step.
    const { spawn } = await import("node:child_process");
    const words = [
      "push-model",
      path.join(work, "model"),
      "--raw",
      "--json",
      "--root",
      path.join(work, "store"),
    ];
    const identity = ["--identity", right.identity];
    const door = path.resolve(import.meta.dirname, "../../bin/bertops.js");
    const child = spawn(process.execPath, [door, ...words, ...identity, ...flags], {
      cwd: work,
      stdio: ["ignore", "pipe", "ignore"],
    });
    let out = "";
    child.stdout.on("data", (chunk: Buffer) => (out += chunk.toString()));
    const code = await new Promise((resolve) => {
      child.once("close", resolve);
    });
    return { code, answer: JSON.parse(out) as { error?: { reason: string; message: string; hint: string } } };
  }
  const host = (port: number): string => `--host=${right.user}@127.0.0.1:${port}`;

  it("that changed stops everything, with both fingerprints", async () => {
    const known = knownHosts(relay.port);
    relay.turnTo(wrong.port);
    const { code, answer } = await pushModel(host(relay.port), `--known-hosts=${known}`);
    expect(code).toBe(4);
    expect(answer.error?.reason).toBe("host-key-changed");
    for (const sshd of [right, wrong]) expect(answer.error?.message).toContain(fingerprint(sshd));
    expect(readdirSync(path.join(work, "store"))).toEqual([]);
  });

  it("of a jump host that changed does so, too", async () => {
    const known = knownHosts(relay.port, right.port);
    const flags = [
      host(right.port),
      `--jump=${right.user}@127.0.0.1:${relay.port}`,
      `--known-hosts=${known}`,
    ];
    relay.turnTo(wrong.port);
    const { code, answer } = await pushModel(...flags);
    expect([code, answer.error?.reason]).toEqual([4, "host-key-changed"]);
    for (const sshd of [right, wrong]) expect(answer.error?.message).toContain(fingerprint(sshd));
    expect(readdirSync(path.join(work, "store"))).toEqual([]);
    relay.turnTo(right.port);
    expect((await pushModel(...flags)).code).toBe(0);
  });

  it("that is not known is told without a terminal, and accepted by its fingerprint", async () => {
    const known = path.join(work, "new", "known_hosts");
    const flags = [host(relay.port), `--known-hosts=${known}`];
    const { code, answer } = await pushModel(...flags);
    expect([code, answer.error?.reason]).toEqual([4, "host-key-unknown"]);
    expect(answer.error?.message).toContain(fingerprint(right));
    expect(answer.error?.hint).toContain("--host-key");
    expect(existsSync(known)).toBe(false);
    expect((await pushModel(...flags, `--host-key=${fingerprint(right)}`)).code).toBe(0);
    expect(readFileSync(known, "utf8")).toContain(`[127.0.0.1]:${relay.port} `);
    expect((await pushModel(...flags)).code).toBe(0);
  });

  it("that is another one on a further connection stops what the first one does", async () => {
    const known = knownHosts(relay.port);
    const there = { ...right, port: relay.port, knownHosts: known };
    const first = await dialSshd(there);
    relay.turnTo(wrong.port);
    const pushing = push({
      directory: path.join(work, "model"),
      model: "bert",
      root: path.join(work, "store"),
      activate: true,
      wait: 0,
      link: { connections: 3, bandwidth: 20_000_000 },
      pusher: { user: "ana", machine: "laptop" },
      host: first,
      dial: () => dialSshd(there),
      emit: recorder().emit,
      signal: new AbortController().signal,
      now: () => new Date(),
    });
    await expect(pushing).rejects.toMatchObject({ reason: "host-key-changed", exitCode: 4 });
    expect(existsSync(path.join(work, "store", "bert", "current"))).toBe(false);
    first.close();
    expect(spawnSync("test", ["-e", path.join(work, "store", "bert", ".lock")]).status).toBe(1);
  });
});
