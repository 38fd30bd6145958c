import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { mountAll, type MountResult } from "../../src/operations/mount/mount.ts";
import { storeHost } from "../../src/operations/hosts/store-host.ts";
import { pushDirectory as push } from "./push-directory.ts";
import type { MountParameters } from "../../src/plan/mount-script.ts";
import { ISOLATIONS } from "../sandbox/hosts/isolations.ts";
import { run } from "../sandbox/hosts/run.ts";
import { recorder } from "../ssh/voice.ts";
import { knock, sandboxHosts, type SandboxHosts } from "./sandbox-hosts.ts";

const ONE = "fs-0123456789abcdef0";
const TWO = "fs-0fedcba9876543210";
const LINE = `${ONE}:/ /efs efs _netdev,noresvport,tls,nofail 0 0`;

describe.each(ISOLATIONS)("mount-efs on instances (%s)", (isolation) => {
  let world: SandboxHosts;
  beforeAll(async () => {
    world = await sandboxHosts(2, isolation);
    world.region.fileSystem(ONE);
    world.region.fileSystem(TWO);
  });
  afterAll(() => world.close());

  async function mount(changes: MountParameters = {}): Promise<MountResult> {
    return mountAll(await world.access(), {
      parameters: {
        fileSystem: ONE,
        mountPoint: "/efs",
        region: "eu-west-1",
        wait: 20,
        pause: 1,
        ...changes,
      },
      wait: 5000,
      emit: recorder().emit,
      signal: new AbortController().signal,
    });
  }
  const fstab = (index: number): Promise<string> =>
    readFile(world.launched[index]?.path("/etc/fstab") ?? "", "utf8");
  const [first, second] = [0, 1];

  it("checks, and says what is missing", async () => {
    const { instances, exitCode } = await mount({ mode: "check" });
    expect(exitCode).toBe(6);
    expect(instances.map(({ state, reason }) => [state, reason])).toEqual([
      ["failed", "not-mounted"],
      ["failed", "not-mounted"],
    ]);
  });

  it("leaves a host as it was when the file system cannot be reached", async () => {
    const before = await fstab(first);
    world.region.answer = () => ({ state: "unknown-name" });
    const { instances, exitCode } = await mount({ wait: 1 });
    world.region.answer = knock;
    expect(exitCode).toBe(1);
    expect(instances[first]).toMatchObject({ state: "failed", reason: "no-dns" });
    expect(await fstab(first)).toBe(before);
  });

  it("installs, mounts, writes fstab and the store's directory on all of them", async () => {
    const { instances, exitCode } = await mount();
    expect(instances.map(({ state, message }) => [state, message])).toEqual([
      ["mounted", undefined],
      ["mounted", undefined],
    ]);
    expect(exitCode).toBe(0);
    expect(instances[first]).toMatchObject({
      fstab: "written",
      fileSystem: ONE,
      options: expect.stringContaining("port="),
    });
    expect((await fstab(second)).split("\n")).toContain(LINE);
  });

  it("does nothing the second time, and the check is content", async () => {
    const again = await mount();
    expect(again.instances.map(({ state, fstab: line }) => [state, line])).toEqual([
      ["already-mounted", "unchanged"],
      ["already-mounted", "unchanged"],
    ]);
    expect(await mount({ mode: "check" })).toMatchObject({ exitCode: 0 });
  });

  it("pushes a model through one instance, and another one reads it", async () => {
    const directory = mkdtempSync(path.join(os.tmpdir(), "bertops-model-"));
    writeFileSync(path.join(directory, "weights"), Buffer.alloc(1_500_000, 7));
    const [access] = await world.access();
    const connection = await access?.connect(new AbortController().signal);
    if (access === undefined || connection === undefined) throw new Error("no host");
    const options = {
      directory,
      model: "bert",
      root: "/efs/models",
      activate: true,
      wait: 0,
      pusher: { user: "ana", machine: "laptop" },
      host: storeHost(connection),
      dial: async () => storeHost(await access.connect(new AbortController().signal)),
      emit: recorder().emit,
      signal: new AbortController().signal,
      now: () => new Date(),
    };
    const pushed = await push(options);
    expect(await push(options)).toMatchObject({ unchanged: true, version: pushed.version });
    connection.close();
    rmSync(directory, { recursive: true });
    const host = world.launched[second];
    if (host === undefined) throw new Error("no host");
    const read = await run(host, "cat /efs/models/bert/current/weights | wc -c", "webapp");
    expect(read.out.trim()).toBe("1500000");
    // Only where users are real does the kernel keep them apart.
    const write = await run(host, "touch /efs/models/bert/current/mine", "webapp");
    expect(write.code === 0).toBe(isolation !== "namespaces");
  });

  it("comes back mounted after a reboot", async () => {
    await world.launched[first]?.reboot();
    expect((await mount({ mode: "check" })).exitCode).toBe(0);
  });

  it("puts back a line that somebody removed", async () => {
    const file = world.launched[first]?.path("/etc/fstab") ?? "";
    await writeFile(file, (await fstab(first)).replace(`${LINE}\n`, ""));
    expect((await mount({ mode: "check" })).instances[first]).toMatchObject({ reason: "no-fstab" });
    expect((await mount()).instances[first]).toMatchObject({ state: "already-mounted", fstab: "written" });
    expect((await fstab(first)).split("\n")).toContain(LINE);
  });

  it("refuses another file system that is mounted there", async () => {
    const before = await fstab(first);
    const { instances, exitCode } = await mount({ fileSystem: TWO });
    expect(exitCode).toBe(1);
    expect(instances[first]).toMatchObject({ state: "failed", reason: "other-file-system" });
    expect(instances[first]?.message).toContain(ONE);
    expect(await fstab(first)).toBe(before);
    expect((await mount({ mode: "check" })).exitCode).toBe(0);
  });

  it("names who uses it where an unmount finds it busy, and changes nothing", async () => {
    // A symbolic link is never busy.
    if (isolation === "prefix") return;
    const host = world.launched[first];
    if (host === undefined) throw new Error("no host");
    const before = await fstab(first);
    const user = host.spawn(["sleep", "600"], { user: "ec2-user", cwd: "/efs/models" });
    await vi.waitFor(async () =>
      expect((await run(host, "ls -l /proc/[0-9]*/cwd", "root")).out).toContain("/efs/models"),
    );
    for (const mode of ["unmount", "remount"] as const) {
      const { instances } = await mount({ mode });
      expect(instances[first]).toMatchObject({ state: "failed", reason: "busy", code: 71 });
      expect(instances[first]?.message).toMatch(/in use by .*sleep \(pid \d+, /u);
    }
    expect(await fstab(first)).toBe(before);
    user.kill("SIGKILL");
    await vi.waitFor(async () =>
      expect((await run(host, "ls -l /proc/[0-9]*/cwd", "root")).out).not.toContain("/efs/models"),
    );
  });

  it("mounts anew, unmounts, and mounts again", async () => {
    const states = async (changes: MountParameters): Promise<unknown> => {
      const { instances, exitCode } = await mount(changes);
      return [exitCode, ...instances.map(({ state }) => state)];
    };
    expect(await states({ mode: "remount" })).toEqual([0, "mounted", "mounted"]);
    expect(await states({ mode: "unmount" })).toEqual([0, "unmounted", "unmounted"]);
    expect(await fstab(first)).not.toContain(ONE);
    expect(await states({ mode: "unmount" })).toEqual([0, "not-mounted", "not-mounted"]);
    expect(await states({ mode: "check" })).toEqual([6, "failed", "failed"]);
    expect(await states({})).toEqual([0, "mounted", "mounted"]);
    const host = world.launched[second];
    if (host === undefined) throw new Error("no host");
    // The data were never touched.
    expect((await run(host, "cat /efs/models/bert/current/weights | wc -c", "webapp")).out.trim()).toBe(
      "1500000",
    );
  });

  it("knows the host keys by instance id afterwards, and stops at another one", async () => {
    const known = await readFile(world.knownHosts, "utf8");
    expect(known).toContain("i-000000000000000a0 ssh-ed25519 ");
    await writeFile(
      world.knownHosts,
      known.replaceAll(
        /AAAAC3NzaC1lZDI1NTE5AAAAI\S+/gu,
        "AAAAC3NzaC1lZDI1NTE5AAAAIDkNcw8QYvwq2WzIqrYHcJZ8Q7o5EVjcnm2dGDQyW3TT",
      ),
    );
    await expect(mount()).rejects.toMatchObject({ reason: "host-key-changed", exitCode: 4 });
    await writeFile(world.knownHosts, known);
  });
});
