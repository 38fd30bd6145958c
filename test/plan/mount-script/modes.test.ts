import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import type { MountParameters } from "../../../src/plan/mount-script.ts";
import { FSTAB, ID, SHELLS, standInHost, type StandInHost } from "./stand-in-host.ts";

const LINE = `${ID}:/ /efs efs _netdev,noresvport,tls,nofail 0 0`;
const OTHER = "fs-0bbb";
const OTHER_LINE = `${OTHER}:/ /efs efs _netdev,noresvport,tls,nofail 0 0`;

/** A systemd that knows which units are enabled and which run. */
const SYSTEMCTL = `echo "$*" >>"$ROOT_PREFIX/log/systemctl"
  state="$ROOT_PREFIX/run/units"; mkdir -p "$state"
  while case $1 in -*) true ;; *) false ;; esac; do shift; done
  verb=$1; shift
  case $verb in
    enable) : >"$state/enabled" ;;
    disable) rm -f "$state/enabled" ;;
    start | restart) : >"$state/active" ;;
    stop) rm -f "$state/active" ;;
    is-enabled) [ -e "$state/enabled" ] ;;
    is-active) [ -e "$state/active" ] ;;
  esac`;

async function on(
  work: (
    host: StandInHost,
    run: (parameters?: MountParameters) => ReturnType<StandInHost["run"]>,
  ) => Promise<void>,
  shell: readonly string[] = ["sh"],
): Promise<void> {
  const host = standInHost();
  try {
    await work(host, (parameters = {}) => host.run(parameters, { shell }));
  } finally {
    host.remove();
  }
}

function systemd(host: StandInHost): void {
  host.write("run/systemd/system/.keep", "");
  host.program("systemctl", SYSTEMCTL);
}

describe.each(SHELLS)("modes of the script (%s)", (...shell) => {
  it("mounts, does nothing the second time, and unmounts to the bytes that were there", () =>
    on(async (host, run) => {
      host.write("sbin/mount.efs", "", 0o755);
      const before = host.tree();
      expect(await run()).toMatchObject({
        code: 0,
        result: { state: "mounted", fstab: "written", boot: "none" },
      });
      expect(host.read("etc/fstab")).toBe(`${FSTAB}${LINE}\n`);
      const mounted = host.tree();
      expect(await run()).toMatchObject({
        code: 0,
        result: { state: "already-mounted", fstab: "unchanged" },
      });
      expect(host.tree()).toEqual(mounted);
      expect(await run({ mode: "check" })).toMatchObject({ code: 0 });
      expect(host.tree()).toEqual(mounted);
      expect(host.read("log/mount").trim().split("\n")).toHaveLength(1);
      expect(await run({ mode: "unmount" })).toMatchObject({
        code: 0,
        result: { state: "unmounted", fstab: "removed" },
      });
      expect(host.tree()).toEqual(before);
      expect(await run({ mode: "unmount" })).toMatchObject({
        code: 0,
        result: { state: "not-mounted", fstab: "unchanged" },
      });
      expect(host.tree()).toEqual(before);
    }, shell));

  it("keeps it mounted after a boot by a timer, which comes and goes with the mount", () =>
    on(async (host, run) => {
      systemd(host);
      const unit = "bertops-mount-efs";
      const files = [
        `usr/local/sbin/${unit}`,
        `etc/systemd/system/${unit}.service`,
        `etc/systemd/system/${unit}.timer`,
      ];
      expect(await run()).toMatchObject({ code: 0, result: { boot: "written" } });
      expect(files.map((file) => host.has(file))).toEqual([true, true, true]);
      expect(host.has("run/units/enabled") && host.has("run/units/active")).toBe(true);
      const calls = host.read("log/systemctl");
      expect(await run()).toMatchObject({ code: 0, result: { boot: "unchanged" } });
      // Asked, and not told anything again.
      expect(host.read("log/systemctl").slice(calls.length)).not.toMatch(
        /^(?:enable|restart|daemon-reload)/mu,
      );
      expect(await run({ mode: "check" })).toMatchObject({ code: 0 });
      host.program("systemctl", SYSTEMCTL.replace("is-active)", "is-active) exit 3;; never)"));
      expect(await run({ mode: "check" })).toMatchObject({ code: 84, result: { reason: "no-boot-unit" } });
      expect(await run()).toMatchObject({ code: 0, result: { boot: "written" } });
      systemd(host);
      expect(await run({ mode: "unmount" })).toMatchObject({ code: 0, result: { boot: "removed" } });
      expect(files.map((file) => host.has(file))).toEqual([false, false, false]);
      expect(host.has("run/units/enabled") || host.has("run/units/active")).toBe(false);
    }, shell));

  it("starts the timer again where an unmount fails", () =>
    on(async (host, run) => {
      systemd(host);
      await run();
      const before = host.tree();
      host.program("umount", `echo "umount: /efs: target is busy." >&2; exit 32`);
      for (const mode of ["unmount", "remount"] as const)
        expect(await run({ mode })).toMatchObject({ code: 71, result: { reason: "busy" } });
      expect(host.has("run/units/active")).toBe(true);
      expect(host.tree()).toEqual(before);
    }, shell));

  it("mounts anew with other options, and the old way again where that fails", () =>
    on(async (host, run) => {
      await run();
      expect(await run({ mode: "remount", mountTargetIp: "10.0.0.9" })).toMatchObject({
        code: 0,
        result: { state: "mounted", fstab: "written" },
      });
      const line = LINE.replace("tls,", "tls,mounttargetip=10.0.0.9,");
      expect(host.read("etc/fstab")).toBe(`${FSTAB}${line}\n`);
      const before = host.tree();
      const mount = readFileSync(path.join(host.root, "bin/mount"), "utf8");
      // The new way is refused; the old one is what fstab still says.
      host.program(
        "mount",
        `case $* in *iam*) echo "mount.nfs4: access denied by server" >&2; exit 32 ;; esac\n${mount}`,
      );
      expect(await run({ mode: "remount", iam: true })).toMatchObject({
        code: 46,
        result: { reason: "denied" },
      });
      expect(host.read("log/mount").trim().split("\n").at(-1)).toBe("/efs");
      expect(host.read("mounted")).not.toBe("");
      expect(host.tree()).toEqual(before);
    }, shell));

  it("keeps what an earlier run was told, until a remount is told otherwise", () =>
    on(async (host, run) => {
      const mount = readFileSync(path.join(host.root, "bin/mount"), "utf8");
      host.program(
        "mount",
        `${mount}
        case $* in *accesspoint*) echo '{"accessPoint": "fsap-0aaa"}' >"$ROOT_PREFIX/var/run/efs/${ID}.efs.20049" ;; esac`,
      );
      await run({ iam: true, accessPoint: "fsap-0aaa", mountTargetIp: "10.0.0.9" });
      const told = LINE.replace("tls,", "tls,iam,accesspoint=fsap-0aaa,mounttargetip=10.0.0.9,");
      expect(host.read("etc/fstab")).toBe(`${FSTAB}${told}\n`);
      // As the hook of the next deployment does, and a check.
      expect(await run()).toMatchObject({
        code: 0,
        result: { state: "already-mounted", fstab: "unchanged" },
      });
      expect(await run({ mode: "check" })).toMatchObject({ code: 0 });
      expect(await run({ accessPoint: "fsap-0bbb" })).toMatchObject({ code: 18 });
      expect(await run({ mode: "remount" })).toMatchObject({ code: 0 });
      expect(host.read("etc/fstab")).toBe(`${FSTAB}${LINE}\n`);
    }, shell));

  it("does not unmount where the new way cannot be reached", () =>
    on(async (host, run) => {
      await run();
      host.program("nc", `case $1 in -h) echo "usage: nc [-z]" ;; *) exit 1 ;; esac`);
      expect(await run({ mode: "remount", mountTargetIp: "10.0.0.9" })).toMatchObject({ code: 31 });
      expect(host.has("log/umount")).toBe(false);
    }, shell));

  it("lets another file system give way only where it is named", () =>
    on(async (host, run) => {
      host.write("mounted", "127.0.0.1:/ nfs4 rw,port=20077\n");
      host.write(`var/run/efs/${OTHER}.efs.20077`, "{}");
      host.write("etc/fstab", `${FSTAB}${OTHER_LINE}\n`);
      const before = host.tree();
      for (const parameters of [
        {},
        { mode: "remount" },
        { mode: "unmount" },
        { mode: "remount", replace: "fs-0ccc" },
      ] as const) {
        const { code, result } = await run(parameters);
        expect([code, result?.["reason"]]).toEqual([11, "other-file-system"]);
        expect(result?.["remedy"]).toContain(`--replace ${OTHER}`);
        expect(host.tree().filter((line) => !line.startsWith("sbin"))).toEqual(before);
      }
      expect(await run({ mode: "check" })).toMatchObject({ code: 11 });
      expect(await run({ mode: "remount", replace: OTHER })).toMatchObject({
        code: 0,
        result: { fileSystem: ID },
      });
      expect(host.read("etc/fstab")).toBe(`${FSTAB}${LINE}\n`);
    }, shell));

  it("tells all that is wrong at once, and changes nothing", () =>
    on(async (host, run) => {
      systemd(host);
      const before = host.tree();
      const { code, result, stdout } = await run({ mode: "check" });
      expect([code, result?.["reason"]]).toEqual([80, "not-mounted"]);
      expect(stdout.match(/^bertops: check: fault: /gmu)).toHaveLength(3);
      expect(result?.["message"]).toMatch(
        /nothing is mounted at \/efs; also: \/etc\/fstab has no line .*; also: bertops-mount-efs\.timer/u,
      );
      expect(host.tree()).toEqual(before);
    }, shell));

  it("is content where systemd mounts the same at the same moment, and leaves it there", () =>
    on(async (host, run) => {
      host.write("sbin/mount.efs", "", 0o755);
      host.program(
        "mount",
        `mkdir -p "$ROOT_PREFIX/var/run/efs"; : >"$ROOT_PREFIX/var/run/efs/${ID}.efs.20049"
         echo "127.0.0.1:/ nfs4 rw,port=20049" >"$ROOT_PREFIX/mounted"
         echo "mount.nfs4: /efs is busy or already mounted" >&2; exit 32`,
      );
      const { code, result, stdout } = await run();
      expect([code, result?.["state"]]).toEqual([0, "mounted"]);
      expect(stdout).toContain("at the same moment");
      expect(host.read("mounted")).not.toBe("");
    }, shell));

  it("goes on with plain NFS only where that is allowed, and says what is lost", () =>
    on(async (host, run) => {
      host.program("dnf");
      host.program(
        "apt-get",
        `case $* in
        *update*) : ;;
        *nfs-common*) mkdir -p "$ROOT_PREFIX/sbin"; : >"$ROOT_PREFIX/sbin/mount.nfs4"; chmod 755 "$ROOT_PREFIX/sbin/mount.nfs4" ;;
        *) echo "E: Unable to locate package amazon-efs-utils" >&2; exit 100 ;;
      esac`,
      );
      const { code, result } = await run();
      expect([code, result?.["reason"]]).toEqual([20, "no-package"]);
      expect(result?.["remedy"]).toContain("--plain-nfs");
      const mount = `echo "$*" >>"$ROOT_PREFIX/log/mount"; echo "${ID}.efs.eu-west-1.amazonaws.com:/ nfs4 rw" >"$ROOT_PREFIX/mounted"`;
      host.program("mount", mount);
      const fallen = await run({ plainNfsIfNeeded: true });
      expect(fallen).toMatchObject({ code: 0, result: { state: "mounted" } });
      expect(fallen.stdout).toMatch(/WITHOUT encryption in transit/u);
      expect(host.read("etc/fstab")).toMatch(
        /\nfs-0123456789abcdef0\.efs\.eu-west-1\.amazonaws\.com:\/ \/efs nfs4 nfsvers=4\.1,.*,nofail 0 0\n$/u,
      );
      expect(await run({ plainNfsIfNeeded: true })).toMatchObject({
        code: 0,
        result: { fstab: "unchanged" },
      });
      // Who asks for IAM asks for TLS: nothing stands in for it.
      expect(await run({ mode: "unmount" })).toMatchObject({ code: 0 });
      expect(await run({ plainNfsIfNeeded: true, iam: true })).toMatchObject({ code: 20 });
    }, shell));

  it("mounts S3 Files with the helper that the package brings, and by the same rules", () =>
    on(async (host, run) => {
      host.write("sbin/mount.efs", "", 0o755);
      expect(await run({ kind: "s3files" })).toMatchObject({ code: 25, result: { reason: "old-package" } });
      host.write("sbin/mount.s3files", "", 0o755);
      host.program(
        "mount",
        `echo "$*" >>"$ROOT_PREFIX/log/mount"
        echo "127.0.0.1:/ nfs4 rw,vers=4.2,port=20049" >"$ROOT_PREFIX/mounted"
        echo '{"accessPoint": "fsap-0aaa"}' >"$ROOT_PREFIX/var/run/efs/${ID}.efs.20049"`,
      );
      expect(await run({ kind: "s3files", accessPoint: "fsap-0aaa" })).toMatchObject({ code: 0 });
      expect(await run({ kind: "s3files", accessPoint: "fsap-0bbb" })).toMatchObject({ code: 18 });
      expect(await run({ kind: "s3files", accessPoint: "fsap-0bbb" })).toMatchObject({ code: 18 });
      expect(host.read("log/mount")).toContain(
        `-t s3files -o _netdev,noresvport,accesspoint=fsap-0aaa ${ID}:/ /efs\n`,
      );
      expect(host.read("etc/fstab")).toContain(
        `${ID}:/ /efs s3files _netdev,noresvport,accesspoint=fsap-0aaa,nofail 0 0\n`,
      );
    }, shell));

  it("keeps its bounds on a host without timeout", () =>
    on(async (host, run) => {
      host.without("timeout");
      host.program("mount", `exec sleep 600`);
      const { result, seconds } = await run({ mountLimit: 2 });
      expect(result).toMatchObject({ reason: "unreachable" });
      expect(seconds).toBeLessThan(30);
    }, shell));

  it("waits for the mount helper, not for the watchdog that it leaves behind", () =>
    on(async (host, run) => {
      const daemon = `sleep 600 & echo $! >"$ROOT_PREFIX/log/daemon"\n`;
      host.write("bin/mount", host.read("bin/mount").replace("\n", `\n${daemon}`), 0o755);
      const ended = run({ mountLimit: 500 }).finally(() => {
        process.kill(Number(host.read("log/daemon")));
      });
      expect(await ended).toMatchObject({ code: 0, result: { state: "mounted" } });
      expect((await ended).seconds).toBeLessThan(60);
    }, shell));
});

describe("read-ahead", () => {
  const info = (number: string): string =>
    `36 1 259:1 / / rw shared:1 - xfs /dev/root rw\n52 36 ${number} / /efs rw shared:2 - nfs4 127.0.0.1:/ rw,port=20049\n`;

  it("is raised on a plain mount, left where it is more, and never fails a mount", () =>
    on(async (host, run) => {
      host.write("proc/self/mountinfo", info("0:51"));
      host.write("sys/class/bdi/0:51/read_ahead_kb", "128\n");
      expect((await run()).stdout).toContain("bertops: read-ahead: ok: 15360 KiB");
      expect(host.read("sys/class/bdi/0:51/read_ahead_kb")).toBe("15360\n");
      host.write("sys/class/bdi/0:51/read_ahead_kb", "32768\n");
      await run();
      expect(host.read("sys/class/bdi/0:51/read_ahead_kb")).toBe("32768\n");
      host.write("proc/self/mountinfo", info("0:99"));
      expect(await run()).toMatchObject({ code: 0 });
      expect(existsSync(path.join(host.root, "sys/class/bdi/0:99"))).toBe(false);
    }));
});
