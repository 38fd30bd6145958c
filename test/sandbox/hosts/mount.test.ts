import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Host, Hosts } from "../../../src/sandbox/hosts/host.ts";
import { openHosts } from "../../../src/sandbox/hosts/open-hosts.ts";
import { fakeRegion } from "./fake-region.ts";
import type { FakeRegion } from "./fake-region.ts";
import { ISOLATIONS } from "./isolations.ts";
import { run } from "./run.ts";

const ID = "fs-0123456789abcdef0";
const DNS = `${ID}.efs.eu-west-1.amazonaws.com`;
const INSTALL = "dnf install -y -q amazon-efs-utils >/dev/null";

describe.each(ISOLATIONS)("EFS on an instance in %s", (isolation) => {
  let region: FakeRegion;
  let hosts: Hosts;
  let host: Host;
  /** What stands before an absolute path in a script: nothing where the instance has a root of its own. */
  const at = isolation === "prefix" ? "$ROOT_PREFIX" : "";
  const launch = (instanceId: string): Promise<Host> =>
    hosts.launch({
      instanceId,
      hostname: `ip-${instanceId}`,
      privateIp: "172.31.0.5",
      availabilityZone: "eu-west-1a",
    });
  beforeEach(async () => {
    region = fakeRegion();
    const patience = { attempts: 3, timeout: 30 };
    hosts = await openHosts({ directory: region.directory, gates: region.gates, isolation, patience });
    host = await launch("i-0aa");
  });
  afterEach(async () => {
    await hosts.close();
    region.remove();
  });

  test("installs packages as dnf does", async () => {
    expect(await run(host, "rpm -q amazon-efs-utils")).toMatchObject({
      code: 1,
      out: "package amazon-efs-utils is not installed\n",
    });
    expect(await run(host, "dnf install -y no-such-package")).toMatchObject({
      code: 1,
      err: "Error: Unable to find a match: no-such-package\n",
    });
    expect(await run(host, "dnf install -y amazon-efs-utils", "ec2-user")).toMatchObject({ code: 1 });
    const installed = await run(host, "sudo dnf install -y amazon-efs-utils", "ec2-user");
    expect(installed.code).toBe(0);
    expect(installed.out).toContain("Installed:\n  stunnel-");
    expect((await run(host, "rpm -q amazon-efs-utils")).out).toMatch(/^amazon-efs-utils-\d.*amzn2023/u);
    expect((await run(host, "yum install -y amazon-efs-utils")).out).toContain("Nothing to do.\n");
  });

  test("mounts, shows what is mounted, unmounts", async () => {
    const files = region.fileSystem(ID);
    const mounted = await run(
      host,
      `${INSTALL}; mkdir ${at}/efs; ! mountpoint -q ${at}/efs && mount -t efs -o tls,noresvport ${ID}:/ ${at}/efs && echo text >${at}/efs/file`,
    );
    expect(mounted).toEqual({ code: 0, signal: null, out: "", err: "" });
    expect(readFileSync(join(files, "file"), "utf8")).toBe("text\n");
    expect(host.path("/efs/file")).toBe(join(files, "file"));
    const shown = await run(
      host,
      `findmnt -n -o SOURCE,FSTYPE,TARGET --target /efs/file; findmnt -no FSTYPE -M /efs`,
    );
    expect(shown.out).toBe("127.0.0.1:/ nfs4 /efs\nnfs4\n");
    const json = JSON.parse((await run(host, "findmnt --json -o SOURCE,FSTYPE,TARGET,OPTIONS /efs")).out) as {
      filesystems: Record<string, string>[];
    };
    expect(json.filesystems).toMatchObject([{ source: "127.0.0.1:/", fstype: "nfs4", target: "/efs" }]);
    expect(json.filesystems[0]?.["options"]).toMatch(/vers=4\.1,.*port=20049.*_netdev/u);
    expect((await run(host, "mountpoint /efs && mount -t nfs4")).out).toMatch(
      /^\/efs is a mountpoint\n127\.0\.0\.1:\/ on \/efs type nfs4 \(rw,/u,
    );
    expect((await run(host, "df -h /efs")).out).toBe(
      "Filesystem  Size Used Avail Use% Mounted on\n127.0.0.1:/ 8.0E    0  8.0E   0% /efs\n",
    );
    expect(readdirSync(host.path("/var/run/efs"))).toEqual([`${ID}.efs.20049`]);
    expect(await run(host, "systemctl is-active efs.mount")).toMatchObject({ code: 0, out: "active\n" });
    expect(await run(host, "umount /efs && mountpoint /efs")).toMatchObject({ code: 32 });
    expect(await run(host, "findmnt /efs")).toMatchObject({ code: 1, out: "" });
    expect(readdirSync(host.path("/var/run/efs"))).toEqual([]);
    expect(existsSync(host.path("/efs/file"))).toBe(false);
    expect(existsSync(join(files, "file"))).toBe(true);
    expect(await run(host, "umount /efs")).toMatchObject({ code: 32 });
  });

  test("mounts a directory, by DNS name, without TLS and through an access point", async () => {
    const files = region.fileSystem(ID);
    mkdirSync(join(files, "models"));
    writeFileSync(join(files, "models/here"), "");
    await run(host, `${INSTALL}; mkdir -p ${at}/efs ${at}/mnt/models`);
    const plain = await run(
      host,
      `mount -t efs ${DNS}:/models /mnt/models && ls ${at}/mnt/models && findmnt -no SOURCE /mnt/models`,
    );
    expect(plain.out).toBe(`here\n${DNS}:/models\n`);
    expect(existsSync(host.path("/run/efs"))).toBe(false);
    const asked: unknown[] = [];
    region.answer = (request) => {
      asked.push(request);
      return { state: "ok", directory: join(files, "models") };
    };
    expect(
      (await run(host, `mount -t efs -o tls,iam,accesspoint=fsap-0a ${ID} /efs; ls ${at}/efs`)).out,
    ).toBe("here\n");
    expect(asked.at(-1)).toEqual({ fileSystemId: ID, iam: true, accessPointId: "fsap-0a" });
  });

  test("fails as mount and mount.efs fail", async () => {
    region.fileSystem(ID);
    await run(host, `mkdir ${at}/efs`);
    const attempt = (command: string): ReturnType<typeof run> => run(host, command);
    expect(await attempt(`mount -t efs ${ID}:/ /efs`)).toMatchObject({
      code: 32,
      err: "mount: /efs: unknown filesystem type 'efs'.\n",
    });
    await run(host, INSTALL);
    expect(await attempt(`mount -t efs ${ID}:/ /nowhere`)).toMatchObject({
      code: 32,
      err: "mount.nfs4: mount point /nowhere does not exist\n",
    });
    expect(await attempt("mount -t efs fs-0bad:/ /efs")).toMatchObject({
      code: 1,
      err: expect.stringMatching(
        /^Failed to resolve "fs-0bad\.efs\.eu-west-1\.amazonaws\.com" - check that/u,
      ) as string,
    });
    expect(await attempt(`mount -t efs -o iam ${ID}:/ /efs`)).toMatchObject({
      code: 1,
      err: expect.stringContaining(`The "tls" option is required`) as string,
    });
    expect(await attempt(`mount -t efs -o tls ${ID}:/none /efs`)).toMatchObject({
      code: 32,
      err: expect.stringContaining("reason given by server: No such file or directory") as string,
    });
    expect(await attempt("mount /nowhere")).toMatchObject({
      code: 1,
      err: "mount: /nowhere: can't find in /etc/fstab.\n",
    });
    expect(await run(host, `mount -t efs ${ID}:/ /efs`, "webapp")).toMatchObject({ code: 1 });
    region.answer = () => ({ state: "unreachable" });
    const closed = await attempt(`mount -t efs -o tls ${ID}:/ /efs`);
    expect(closed.code).toBe(32);
    expect(closed.err).toContain("Mount attempt 1/3 failed due to timeout after 15 sec");
    expect(closed.err).toContain("Mount attempt 3/3");
    expect(await attempt(`mount -t efs -o tls,mounttargetip=172.31.9.9 ${ID}:/ /efs`)).toMatchObject({
      code: 1,
      err: expect.stringContaining("Connection to the mount target IP address 172.31.9.9 timeout.") as string,
    });
    region.answer = () => ({
      state: "refused",
      message: "AWS Access Key ID and Secret Access Key are not found.",
    });
    expect(await attempt(`mount -t efs -o tls,iam ${ID}:/ /efs`)).toMatchObject({ code: 1 });
    region.answer = () => ({
      state: "refused",
      message: "access denied by server while mounting 127.0.0.1:/",
    });
    expect(await attempt(`mount -t efs -o tls ${ID}:/ /efs`)).toMatchObject({
      code: 32,
      err: "mount.nfs4: access denied by server while mounting 127.0.0.1:/\n",
    });
    expect((await attempt("findmnt /efs")).code).toBe(1);
  });

  test("says that a file system is mounted, whichever it is", async () => {
    region.fileSystem(ID);
    const other = region.fileSystem("fs-0ffff");
    writeFileSync(join(other, "other"), "");
    await run(host, `${INSTALL}; mkdir ${at}/efs; mount -t efs -o tls fs-0ffff:/ /efs`);
    expect(await run(host, `mount -t efs -o tls ${ID}:/ /efs`)).toMatchObject({
      code: 0,
      out: "/efs is already mounted, please run 'mount' command to verify\n",
    });
    expect((await run(host, `ls ${at}/efs; ls ${at}/var/run/efs`)).out).toBe("other\nfs-0ffff.efs.20049\n");
  });

  test("does not mount for a caller who has gone", async () => {
    region.fileSystem(ID);
    const patience = { attempts: 3, timeout: 60_000 };
    const patient = await openHosts({
      directory: `${region.directory}/patient`,
      gates: region.gates,
      isolation,
      patience,
    });
    const slow = await patient.launch({
      instanceId: "i-0cc",
      hostname: "slow",
      privateIp: "172.31.0.6",
      availabilityZone: "",
    });
    await run(slow, `${INSTALL}; mkdir ${at}/efs`);
    let asked = 0;
    region.answer = () => ((asked += 1) > 1 ? undefined : { state: "unreachable" });
    const waiting = slow.spawn(["mount", "-t", "efs", "-o", "tls", `${ID}:/`, "/efs"], { user: "root" });
    await expect.poll(() => asked).toBe(1);
    waiting.kill("SIGKILL");
    await expect.poll(() => asked).toBe(2);
    expect((await run(slow, "mountpoint -q /efs")).code).toBe(32);
    await patient.close();
  });

  test("answers whether a mount target can be reached", async () => {
    region.fileSystem(ID);
    expect((await run(host, `getent hosts ${DNS}`)).out).toBe(`172.31.9.9      ${DNS}\n`);
    expect((await run(host, "getent hosts fs-0bad.efs.eu-west-1.amazonaws.com")).code).toBe(2);
    expect((await run(host, `nc -z -w 1 ${DNS} 2049`, "ec2-user")).code).toBe(0);
    region.answer = () => ({ state: "unreachable" });
    expect((await run(host, `nc -z -w 1 ${DNS} 2049`)).err).toBe("Ncat: Connection timed out.\n");
    expect((await run(host, "getent passwd webapp")).out).toMatch(/^webapp:x:900:900:/u);
    expect((await run(host, "getent group webapp; getent passwd nobody-here; echo $?")).out).toMatch(
      /^webapp:x:900:\n2\n$/u,
    );
  });

  // Without a namespace nothing tells who uses a directory.
  test.skipIf(isolation === "prefix")("keeps a busy file system mounted, unless asked lazily", async () => {
    region.fileSystem(ID);
    await run(host, `${INSTALL}; mkdir /efs; mount -t efs -o tls ${ID}:/ /efs`);
    const holder = host.spawn(["sh", "-c", "echo held; sleep 100"], { user: "root", cwd: "/efs" });
    await new Promise((resolve) => holder.stdout?.once("data", resolve));
    const busy = { code: 16, err: "umount.nfs4: /efs: device is busy\n" };
    expect(await run(host, "umount /efs")).toMatchObject(busy);
    expect((await run(host, "mountpoint -q /efs")).code).toBe(0);
    expect((await run(host, "umount -l /efs")).code).toBe(0);
    expect((await run(host, "mountpoint -q /efs")).code).toBe(32);
    holder.kill("SIGKILL");
  });

  test("shares a file system between instances", async () => {
    region.fileSystem(ID);
    const other = await launch("i-0bb");
    const script = `${INSTALL}; mkdir ${at}/efs; mount -t efs -o tls ${ID}:/ /efs`;
    await Promise.all([run(host, script), run(other, script)]);
    await run(host, `mkdir -m 755 ${at}/efs/models; echo shared >${at}/efs/models/file`);
    expect((await run(other, `cat ${at}/efs/models/file`, "webapp")).out).toBe("shared\n");
    await other.terminate();
    expect((await run(host, `cat ${at}/efs/models/file`)).out).toBe("shared\n");
  });

  test.runIf(isolation === "namespaces")(
    "shows files of a file system to every instance as the same users'",
    async () => {
      region.fileSystem(ID);
      const other = await launch("i-0bb");
      for (const each of [host, other]) {
        await run(each, `${INSTALL}; mkdir /efs; mount -t efs -o tls ${ID}:/ /efs`);
      }
      await run(host, "mkdir -m 755 /efs/models; chown webapp:webapp /efs/models");
      expect((await run(other, "stat -c %U:%G /efs/models")).out).toBe("webapp:webapp\n");
      expect((await run(other, "touch /efs/models/mine && rm /efs/models/mine", "webapp")).code).toBe(0);
      expect((await run(other, "touch /efs/models/mine", "ec2-user")).code).toBe(1);
    },
  );

  test("mounts what fstab says, by hand and at every boot", async () => {
    region.fileSystem(ID);
    const line = `${ID}:/ /efs efs _netdev,noresvport,tls,nofail 0 0`;
    await run(host, `${INSTALL}; mkdir ${at}/efs; echo '${line}' >>${at}/etc/fstab; systemctl daemon-reload`);
    expect((await run(host, "mount -a && findmnt -no SOURCE /efs")).out).toBe("127.0.0.1:/\n");
    expect(await run(host, "mount -a")).toMatchObject({
      code: 0,
      out: expect.stringContaining("already mounted") as string,
    });
    expect((await run(host, "umount /efs; mount /efs; findmnt -no FSTYPE /efs")).out).toBe("nfs4\n");
    await run(host, `echo here >${at}/efs/file`);
    await host.reboot();
    expect(
      (
        await run(
          host,
          `findmnt -no FSTYPE /efs; cat ${at}/efs/file; rpm -q amazon-efs-utils >/dev/null; echo $?`,
        )
      ).out,
    ).toBe("nfs4\nhere\n0\n");
    expect(host.consoleOutput()).toContain("Reached target remote-fs.target");
    region.answer = () => ({ state: "unreachable" });
    await host.reboot();
    expect((await run(host, "mountpoint -q /efs")).code).toBe(32);
    expect((await run(host, "mount -a")).code).toBe(32);
    expect(host.consoleOutput()).toContain("Failed to mount");
  });
});
