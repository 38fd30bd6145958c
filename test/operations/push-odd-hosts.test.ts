import { spawnSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { pullVersion } from "../../src/operations/models/pull.ts";
import { type DirectoryPush, pushDirectory as push } from "./push-directory.ts";
import type { StoreHost } from "../../src/store/host.ts";
import { noSshd, removeSshd, type Sshd, startSshd } from "../ssh/sshd.ts";
import { noUsersSshd, startUsersSshd } from "../ssh/sshd-users.ts";
import { recorder } from "../ssh/voice.ts";
import { dialSshd } from "./sshd-host.ts";
import { treeOf } from "./store-tree.ts";

const SFTP_SERVER = [
  "/usr/lib/openssh/sftp-server",
  "/usr/libexec/openssh/sftp-server",
  "/usr/libexec/sftp-server",
].find((file) => existsSync(file));
const has = (program: string): boolean => spawnSync("sh", ["-c", `command -v ${program}`]).status === 0;
const noRoot = process.getuid?.() === 0 ? undefined : "other users need root";
for (const reason of new Set([noSshd, noRoot, noUsersSshd]))
  if (reason !== undefined) console.log(`skipped: ${reason}`);

/** Everything that differs between hosts, as what their logins run. */
interface Login {
  /** What runs `$SSH_ORIGINAL_COMMAND`, as a text for `sh`. */
  readonly run: string;
  /** What SFTP gets; absent: it has none. */
  readonly sftp?: string;
  readonly withoutPython?: boolean;
  readonly needs?: string;
}

const SFTP = `exec ${SFTP_SERVER}`;
const LOGINS: Readonly<Record<string, Login>> = {
  "csh as the login shell": { run: 'exec tcsh -f -c "$SSH_ORIGINAL_COMMAND"', sftp: SFTP, needs: "tcsh" },
  "fish as the login shell": {
    run: 'exec fish -N -c "$SSH_ORIGINAL_COMMAND"',
    sftp: SFTP,
    withoutPython: true,
    needs: "fish",
  },
  "login files that print": {
    run: 'echo "held stale"; echo "root missing"; printf "no line end"; echo oops >&2; exec sh -c "$SSH_ORIGINAL_COMMAND"',
    sftp: SFTP,
  },
  "no SFTP": { run: 'exec sh -c "$SSH_ORIGINAL_COMMAND"' },
  "nothing readable by others, unless said so": {
    run: 'umask 077; exec sh -c "$SSH_ORIGINAL_COMMAND"',
    sftp: `umask 077; ${SFTP}`,
  },
  "the same, without python3": {
    run: 'umask 077; exec sh -c "$SSH_ORIGINAL_COMMAND"',
    sftp: `umask 077; ${SFTP}`,
    withoutPython: true,
  },
  "no home, no /dev/shm and no place for temporary files": {
    run: "exec unshare -m sh -c 'mount -t tmpfs -o ro,noexec none /dev/shm; unset TMPDIR; export HOME=/nowhere; exec sh -c \"$SSH_ORIGINAL_COMMAND\"'",
    sftp: SFTP,
  },
};

const usable = Object.entries(LOGINS).filter(
  ([, { needs, run }]) =>
    (needs === undefined || has(needs)) && (!run.includes("unshare") || noRoot === undefined),
);

describe.skipIf(noSshd !== undefined).each(usable)("a host with %s", (_, login) => {
  let sshd: Sshd;
  let host: StoreHost;
  let work: string;
  beforeAll(async () => {
    work = mkdtempSync(path.join(os.tmpdir(), "bertops-host-"));
    chmodSync(work, 0o755);
    for (const name of ["model", "store"]) mkdirSync(path.join(work, name));
    const door = path.join(work, "door");
    const sftp = login.sftp ?? "exit 1";
    writeFileSync(door, `case $SSH_ORIGINAL_COMMAND in internal-sftp*) ${sftp} ;; esac\n${login.run}\n`);
    sshd = await startSshd({
      withoutPython: login.withoutPython === true,
      settings: `ForceCommand sh ${door}`,
    });
    host = await dialSshd(sshd);
    return async () => {
      host.close();
      await removeSshd(sshd);
      rmSync(work, { recursive: true, force: true });
    };
  });

  function options(): DirectoryPush {
    return {
      directory: path.join(work, "model"),
      model: "bert",
      root: path.join(work, "store"),
      activate: true,
      wait: 0,
      pusher: { user: "ana!", machine: "lap\\top's" },
      host,
      dial: () => dialSshd(sshd),
      emit: recorder().emit,
      signal: new AbortController().signal,
      now: () => new Date(),
    };
  }

  it("receives a model, and then what is new, which any user can read", async () => {
    const weights = randomBytes(2_000_000);
    writeFileSync(path.join(work, "model", "weights.bin"), weights, { mode: 0o600 });
    mkdirSync(path.join(work, "model", "deep"), { mode: 0o700 });
    writeFileSync(path.join(work, "model", "deep", "run.sh"), "#!/bin/sh\n", { mode: 0o700 });
    const first = await push(options());
    expect(first).toMatchObject({ active: true, bytesSent: first.bytes });
    const current = path.join(work, "store", "bert", "current");
    expect(treeOf(current)).toBe(treeOf(path.join(work, "model"), "as a store has them"));
    writeFileSync(path.join(work, "model", "vocab.txt"), "[PAD]\n");
    expect(await push(options())).toMatchObject({ bytesSent: 6, bytesReused: first.bytes });
    expect(await push(options())).toMatchObject({ unchanged: true, bytesSent: 0 });
    expect(treeOf(current)).toBe(treeOf(path.join(work, "model"), "as a store has them"));
    // The service's user: another one, in no group of ours. Without root there is only one user to ask.
    const other = noRoot === undefined ? { uid: 65_534, gid: 65_534 } : {};
    const read = 'cd / && find -L "$1" -type f -exec cat {} + >/dev/null';
    const reading = spawnSync("sh", ["-c", read, "sh", current], other);
    expect([reading.status, reading.stderr.toString()]).toEqual([0, ""]);
    expect(readdirSync(path.join(work, "store", "bert")).toSorted()).toEqual([
      ".history",
      "current",
      "versions",
    ]);
  });
});

describe.skipIf(noSshd !== undefined)("a host that only lets files be copied", () => {
  it("is told apart: commands are needed", async () => {
    const sshd = await startSshd({ settings: "ForceCommand internal-sftp" });
    const host = await dialSshd(sshd);
    try {
      const directory = mkdtempSync(path.join(os.tmpdir(), "bertops-host-"));
      writeFileSync(path.join(directory, "x"), "x");
      const store = { host, root: "/srv/models", model: "bert", pusher: { user: "a", machine: "b" } };
      const signal = AbortSignal.timeout(20_000);
      await expect(
        pullVersion(
          { ...store, now: () => new Date(), signal },
          { directory: `${directory}/pulled`, dial: () => dialSshd(sshd), emit: recorder().emit },
        ),
      ).rejects.toMatchObject({ reason: "no-commands" });
      rmSync(directory, { recursive: true });
    } finally {
      host.close();
      await removeSshd(sshd);
    }
  });
});

describe.skipIf(noUsersSshd !== undefined)("a store that belongs to somebody else", () => {
  let sshd: Sshd;
  let work: string;
  beforeAll(async () => {
    sshd = { ...(await startUsersSshd()), user: "norights" };
    work = mkdtempSync(path.join(os.tmpdir(), "bertops-owner-"));
    chmodSync(work, 0o755);
    for (const name of ["model", "store"]) mkdirSync(path.join(work, name), { mode: 0o755 });
    writeFileSync(path.join(work, "model", "x"), "x");
  });
  afterAll(async () => {
    await removeSshd(sshd);
    rmSync(work, { recursive: true, force: true });
  });

  it("is refused with the owner's name and the command that mends it", async () => {
    const host = await dialSshd(sshd);
    const root = path.join(work, "store");
    const options = {
      directory: path.join(work, "model"),
      model: "bert",
      activate: true,
      wait: 0,
      pusher: { user: "ana", machine: "laptop" },
      host,
      dial: () => dialSshd(sshd),
      emit: recorder().emit,
      signal: new AbortController().signal,
      now: () => new Date(),
    };
    await expect(push({ ...options, root })).rejects.toMatchObject({
      reason: "store-denied",
      exitCode: 4,
      message: `norights may not write ${root} on store host: it belongs to root:root drwxr-xr-x.`,
      hint: expect.stringContaining(`sudo chown -R norights '${root}'`),
    });
    await expect(push({ ...options, root: `${root}/none` })).rejects.toMatchObject({
      reason: "not-mounted",
      hint: expect.stringContaining(`sudo install -d -o norights '${root}/none'`),
    });
    expect(readdirSync(root)).toEqual([]);
    host.close();
  });

  it("is not switched where its `current` is no link of ours", async () => {
    const host = await dialSshd({ ...sshd, user: "root" });
    mkdirSync(path.join(work, "store", "bert", "current"), { recursive: true });
    await expect(
      push({
        directory: path.join(work, "model"),
        model: "bert",
        root: path.join(work, "store"),
        activate: true,
        wait: 0,
        pusher: { user: "ana", machine: "laptop" },
        host,
        dial: () => dialSshd(sshd),
        emit: recorder().emit,
        signal: new AbortController().signal,
        now: () => new Date(),
      }),
    ).rejects.toMatchObject({ reason: "current-blocked", hint: expect.stringContaining("mv '") });
    // The lock that was taken on the way is given back.
    expect(existsSync(path.join(work, "store", "bert", ".lock"))).toBe(false);
    host.close();
  });
});
