import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { lacking } from "../debian/debian.ts";
import { type Bench, failuresLeaveTheHostAsItWas, mountEfs, REGION } from "../failures.ts";
import { ONE } from "../host.ts";
import { hostState } from "../host-state.ts";
import { answerOf, run } from "../run.ts";
import { type ChrootHost, NEEDS, openRegion, type Region } from "./region.ts";

const without = lacking(NEEDS);
if (without !== undefined) console.log(`skipped: hosts in namespaces: ${without}`);

const LINE = `${ONE.id}:/ /efs efs _netdev,noresvport,tls,nofail 0 0`;
/** Building the hosts' Debian, once. */
const BUILD = 900_000;

type ChrootBench = Bench & { readonly host: ChrootHost };

describe.skipIf(without !== undefined)("hosts with a real sshd, dnf, rpm database and sudo", () => {
  let region: Region;
  let first: ChrootBench;
  let second: ChrootBench;
  beforeAll(async () => {
    region = await openRegion(2);
    const [one, two] = region.hosts.map((host) => ({ ...region, host }));
    if (one === undefined || two === undefined) throw new Error("no hosts");
    first = one;
    second = two;
  }, BUILD);
  afterAll(() => region.close());

  const both = (): readonly string[] => region.hosts.flatMap(({ name }) => ["--host", `ec2-user@${name}`]);
  const model = (name: string, text: string): string => {
    const directory = path.join(region.directory, name);
    mkdirSync(directory, { recursive: true });
    writeFileSync(path.join(directory, "weights"), Buffer.alloc(3_000_000, text));
    return directory;
  };

  it("knows no efs before, and says so by itself", async () => {
    const { code, stderr } = await first.host.root(
      "mkdir /efs && mount -t efs fs-1:/ /efs; code=$?; rmdir /efs; exit $code",
    );
    expect(code).toBe(32);
    expect(stderr).toContain("unknown filesystem type 'efs'");
    expect(await first.host.root("rpm -q amazon-efs-utils")).toMatchObject({ code: 1 });
  });

  it("installs the package, mounts, writes fstab and makes the store, on both at once", async () => {
    const outcome = await region.bertops([
      "mount-efs",
      ...both(),
      "--file-system",
      ONE.id,
      ...region.login,
      "--json",
    ]);
    expect(outcome.code).toBe(0);
    for (const instance of answerOf(outcome)["instances"])
      expect(instance).toMatchObject({
        state: "mounted",
        fileSystem: ONE.id,
        fstab: LINE,
        fstabState: "written",
      });
    for (const host of region.hosts) {
      const { stdout } = await host.root(
        "rpm -q amazon-efs-utils; stat -c '%U:%G %a' /efs/models; findmnt -no SOURCE /efs",
      );
      expect(stdout).toBe("amazon-efs-utils-3.2.0-1.noarch\nec2-user:webapp 2755\n127.0.0.1:/\n");
      const fstab = readFileSync(path.join(host.upper, "etc/fstab"), "utf8");
      expect(fstab).toBe(`# nothing but the disk\nproc /proc proc defaults 0 0\n${LINE}\n`);
    }
  });

  it("changes nothing the second time", async () => {
    const before = await Promise.all(region.hosts.map(hostState));
    const outcome = await region.bertops([
      "mount-efs",
      ...both(),
      "--file-system",
      ONE.id,
      ...region.login,
      "--json",
    ]);
    for (const instance of answerOf(outcome)["instances"])
      expect(instance).toMatchObject({ state: "already-mounted", fstabState: "unchanged" });
    expect(await Promise.all(region.hosts.map(hostState))).toEqual(before);
  });

  it("takes a model through one host, and the other one sees it as the service's user", async () => {
    const push = [
      "push-model",
      model("one", "1"),
      "--raw",
      "--model",
      "m",
      "--host",
      `ec2-user@${first.host.name}`,
    ];
    const pushed = answerOf(await region.bertops([...push, ...region.login, "--json"]));
    expect(pushed).toMatchObject({ ok: true, active: true, verified: true });
    const list = ["models", "list", "--model", "m", "--host", `ec2-user@${second.host.name}`];
    const listed = answerOf(await region.bertops([...list, ...region.login, "--json"]));
    expect(listed["models"]).toMatchObject([
      { name: "m", versions: [{ id: pushed["version"], active: true }] },
    ]);
    const read = await second.host.root(
      "runuser -u webapp -- sh -c 'wc -c </efs/models/m/current/weights; touch /efs/models/m/current/mine'",
    );
    expect(read).toMatchObject({
      code: 1,
      stdout: "3000000\n",
      stderr: expect.stringContaining("Permission denied"),
    });
  });

  it("is mounted after a reboot, and after the power went", async () => {
    await second.host.reboot();
    await eventually(second, "findmnt -M /efs");
    expect(answerOf(await mountEfs(second, ["--check", "--json"]))).toMatchObject({ ok: true });
    expect(await second.host.root("cat /efs/models/m/current/weights | head -c 3")).toMatchObject({
      stdout: "111",
    });
  });

  it("boots with the file system out of reach, and is repaired by the same command later", async () => {
    await second.host.stop();
    await second.host.target(ONE.address, "blocked");
    await second.host.start();
    const check = await mountEfs(second, ["--check", "--json", "--timeout", "10"]);
    expect(check.code).toBe(6);
    expect(answerOf(check)["instances"][0]).toMatchObject({ reason: "not-mounted" });
    await second.host.target(ONE.address, "up");
    const mended = answerOf(await mountEfs(second, ["--json"]));
    // With the reason, where there is one.
    expect([mended["ok"], mended["instances"][0]?.["reason"]]).toEqual([true, undefined]);
  });

  it("says what hangs when the server is gone, in bounded time, and lets go of it by force", async () => {
    await second.host.root("pkill -STOP mergerfs");
    const check = await mountEfs(second, ["--check", "--json", "--timeout", "30"]);
    expect(check.code).toBe(6);
    expect(answerOf(check)["instances"][0]).toMatchObject({
      reason: "hung",
      code: 42,
      next: `bertops doctor ${REGION}`,
    });
    const mount = await mountEfs(second, ["--json", "--timeout", "30"]);
    expect(mount.code).toBe(1);
    expect(answerOf(mount)["instances"][0]).toMatchObject({ reason: "hung", code: 42 });
    for (const { took } of [check, mount]) expect(took).toBeLessThan(40_000);
    const forced = await mountEfs(second, ["--unmount", "--force", "--yes", "--json", "--timeout", "60"]);
    expect(answerOf(forced)).toMatchObject({ ok: true, instances: [{ state: "unmounted" }] });
    await second.host.root("pkill -KILL mergerfs; pkill socat");
    expect(readFileSync(path.join(second.host.upper, "etc/fstab"), "utf8")).toBe(
      "# nothing but the disk\nproc /proc proc defaults 0 0\n",
    );
    expect(answerOf(await mountEfs(second, ["--json"]))).toMatchObject({ ok: true });
  });

  it("tells a server that refuses, and one whose directory is gone", async () => {
    await mountEfs(first, ["--unmount", "--yes"]);
    const before = await hostState(first.host);
    writeFileSync(path.join(region.directory, "denied", ONE.id), "");
    const denied = await mountEfs(first, ["--json", "--timeout", "20"]);
    rmSync(path.join(region.directory, "denied", ONE.id));
    expect(answerOf(denied)["instances"][0]).toMatchObject({
      reason: "denied",
      code: 46,
      next: `bertops doctor ${REGION}`,
    });
    const data = path.join(region.directory, "file-systems", ONE.id);
    renameSync(data, `${data}.gone`);
    const gone = await mountEfs(first, ["--json", "--timeout", "20"]);
    renameSync(`${data}.gone`, data);
    expect(answerOf(gone)["instances"][0]).toMatchObject({ reason: "no-directory", code: 45 });
    expect(await hostState(first.host)).toBe(before);
  });

  failuresLeaveTheHostAsItWas(() => first, { timeout: 20, slack: 5 });

  it("leaves no key and no password on the hosts' disks, in arguments or environments", async () => {
    const secret = readFileSync(path.join(region.directory, "identity"), "utf8").split("\n")[1] ?? "";
    for (const host of region.hosts) {
      const found = await run(["grep", "-rlF", "-e", secret, "-e", "BEGIN OPENSSH", host.upper]);
      expect(found.stdout).toBe("");
      const seen = await host.root(
        "cat /proc/[0-9]*/cmdline /proc/[0-9]*/environ 2>/dev/null | tr '\\0' '\\n'",
      );
      expect(seen.stdout).not.toContain(secret);
    }
  });
});

async function eventually({ host }: Bench, question: string): Promise<void> {
  const deadline = Date.now() + 30_000;
  while ((await host.root(question)).code !== 0) {
    if (Date.now() > deadline) throw new Error(`not within 30 s: ${question}`);
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}
