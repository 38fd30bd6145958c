import { readFile } from "node:fs/promises";
import path from "node:path";
import { describe, expect, it, test } from "vitest";
import { MOUNT_FAILURES, mountFailure } from "../../../src/plan/mount-script/failures.ts";
import type { MountParameters } from "../../../src/plan/mount-script.ts";
import { FSTAB, ID, SHELLS, standInHost, type StandInHost } from "./stand-in-host.ts";

/** What a real host was seen to answer, and what the script must make of it. */
interface Case {
  readonly name: string;
  readonly programs?: Readonly<Record<string, string>>;
  readonly parameters?: MountParameters;
  readonly before?: (host: StandInHost) => void;
  readonly reason: string;
  /** What the message must say. */
  readonly says: RegExp;
}

const HELPER = (host: StandInHost): void => host.write("sbin/mount.efs", "", 0o755);
const MOUNTED =
  (line: string, file?: string) =>
  (host: StandInHost): void => {
    HELPER(host);
    host.write("mounted", `${line}\n`);
    if (file !== undefined) host.write(`var/run/efs/${file}`, "{}");
  };

const CASES: readonly Case[] = [
  {
    name: "the repositories lack the package (dnf)",
    programs: { dnf: `echo "Error: Unable to find a match: amazon-efs-utils" >&2; exit 1` },
    reason: "no-package",
    says: /Unable to find a match/u,
  },
  {
    name: "the repositories lack the package (yum)",
    programs: { dnf: "", yum: `echo "No package amazon-efs-utils available."; exit 1` },
    before: (host) => host.program("dnf"),
    reason: "no-package",
    says: /No package amazon-efs-utils available/u,
  },
  {
    name: "the repositories cannot be reached",
    programs: { dnf: `echo "Error: Failed to download metadata for repo 'amazonlinux'" >&2; exit 1` },
    reason: "install-failed",
    says: /Failed to download metadata/u,
  },
  {
    name: "another program installs something",
    programs: { dnf: `echo "Waiting for process with pid 812 to finish."; exit 200` },
    reason: "package-manager-busy",
    says: /pid 812/u,
  },
  {
    name: "the package brings no helper",
    programs: { dnf: `echo Complete!` },
    reason: "install-failed",
    says: /brought no mount helper/u,
  },
  {
    name: "the given file cannot be installed",
    programs: { dnf: `echo "package does not have a compatible architecture"; exit 1` },
    parameters: { package: "/tmp/amazon-efs-utils.rpm" },
    reason: "bad-package",
    says: /compatible architecture/u,
  },
  {
    name: "a wrong id, or no DNS yet",
    before: HELPER,
    programs: {
      getent: `exit 2`,
      mount: `echo 'Failed to resolve "${ID}.efs.eu-west-1.amazonaws.com" - check that your file system ID is correct' >&2; exit 1`,
    },
    reason: "no-dns",
    says: /Failed to resolve/u,
  },
  {
    name: "port 2049 is dropped",
    before: HELPER,
    programs: { nc: `case $1 in -h) echo "usage: nc [-z]" ;; *) exit 1 ;; esac` },
    reason: "unreachable",
    says: /10\.0\.0\.5 does not answer on port 2049/u,
  },
  {
    name: "port 2049 is dropped, and only the helper finds out",
    before: HELPER,
    programs: {
      getent: `exit 2`,
      mount: `echo "Mount attempt 1/3 failed due to timeout after 15 sec, wait 0 sec before next attempt." >&2; exit 32`,
    },
    reason: "unreachable",
    says: /Mount attempt 1\/3/u,
  },
  {
    name: "mount does not come back",
    before: HELPER,
    parameters: { mountLimit: 2 },
    programs: { mount: `exec sleep 600` },
    reason: "unreachable",
    says: /ended with 124/u,
  },
  {
    name: "mounttargetip that does not answer",
    before: HELPER,
    parameters: { mountTargetIp: "10.0.0.9" },
    programs: { nc: `case $1 in -h) echo "usage: nc [-z]" ;; *) exit 1 ;; esac` },
    reason: "unreachable",
    says: /10\.0\.0\.9 does not answer/u,
  },
  {
    name: "mounttargetip, as the helper tells it",
    before: HELPER,
    parameters: { mountTargetIp: "10.0.0.9" },
    programs: {
      mount: `echo "Connection to the mount target IP address 10.0.0.9 timeout. Please retry in 5 minutes" >&2; exit 1`,
    },
    reason: "unreachable",
    says: /mount target IP address 10\.0\.0\.9/u,
  },
  {
    name: "iam without credentials",
    before: HELPER,
    parameters: { iam: true },
    programs: {
      mount: `echo "AWS Access Key ID and Secret Access Key are not found in AWS credentials file" >&2; exit 1`,
    },
    reason: "no-instance-credentials",
    says: /are not found/u,
  },
  {
    name: "iam without tls",
    before: HELPER,
    parameters: { iam: true },
    programs: {
      mount: `echo 'The "tls" option is required when mounting with IAM authentication' >&2; exit 1`,
    },
    reason: "iam-needs-tls",
    says: /"tls" option is required/u,
  },
  {
    name: "no region",
    before: HELPER,
    parameters: { region: "" },
    programs: {
      mount: `echo 'Error retrieving region. Please set the "region" parameter in the efs-utils configuration file.' >&2; exit 1`,
    },
    reason: "no-region",
    says: /Error retrieving region/u,
  },
  {
    name: "the directory is missing on the server",
    before: HELPER,
    programs: {
      mount: `echo "mount.nfs4: mounting 127.0.0.1:/x failed, reason given by server: No such file or directory" >&2; exit 32`,
    },
    reason: "no-directory",
    says: /reason given by server/u,
  },
  {
    name: "the server refuses",
    before: HELPER,
    programs: { mount: `echo "mount.nfs4: access denied by server while mounting 127.0.0.1:/" >&2; exit 32` },
    reason: "denied",
    says: /access denied by server/u,
  },
  {
    name: "the helper is not known to mount",
    before: HELPER,
    programs: { mount: `echo "mount: /efs: unknown filesystem type 'efs'." >&2; exit 32` },
    reason: "no-package",
    says: /unknown filesystem type/u,
  },
  {
    name: "the kernel knows no NFS",
    before: (host) => host.write("sbin/mount.nfs4", "", 0o755),
    parameters: { kind: "nfs4" },
    programs: { mount: `echo "mount.nfs4: No such device" >&2; exit 32` },
    reason: "no-nfs",
    says: /No such device/u,
  },
  {
    name: "no stunnel, and none to be had",
    before: HELPER,
    programs: {
      mount: `echo "FileNotFoundError: [Errno 2] No such file or directory: 'stunnel'" >&2; exit 1`,
      dnf: `exit 1`,
    },
    reason: "no-stunnel",
    says: /stunnel/u,
  },
  {
    name: "mount says yes and nothing is mounted",
    before: HELPER,
    programs: { mount: `exit 0` },
    reason: "vanished",
    says: /nothing is mounted/u,
  },
  {
    name: "another file system is there already, which the helper is content with",
    before: MOUNTED("127.0.0.1:/ nfs4 rw,port=20077", "fs-0bbb.efs.20077"),
    reason: "other-file-system",
    says: /fs-0bbb is mounted at \/efs, not fs-0123456789abcdef0/u,
  },
  {
    name: "something is there of which nothing says what it is",
    before: MOUNTED("127.0.0.1:/ nfs4 rw,port=20077", `${ID}.efs.20078`),
    reason: "unknown-file-system",
    says: /no state file says/u,
  },
  {
    name: "the right file system through the wrong access point",
    before: (host) => {
      MOUNTED("127.0.0.1:/ nfs4 rw,port=20077")(host);
      host.write(
        `var/run/efs/${ID}.efs.20077`,
        `{"pid": 2, "accessPoint": "fsap-0aaa", "mountpoint": "/efs"}`,
      );
    },
    parameters: { accessPoint: "fsap-0bbb" },
    reason: "other-access-point",
    says: /through fsap-0aaa, not through fsap-0bbb/u,
  },
  {
    name: "mounted, and the server is gone",
    before: MOUNTED("127.0.0.1:/ nfs4 rw,port=20077", `${ID}.efs.20077`),
    parameters: { answer: 2 },
    programs: {
      ls: `case $* in *"$ROOT_PREFIX/efs"*) exec sleep 600 ;; esac; exec "$ROOT_PREFIX/tools/ls" "$@"`,
    },
    reason: "hung",
    says: /does not answer/u,
  },
  {
    name: "what is written cannot be read",
    before: HELPER,
    programs: { tee: `cat >/dev/null; echo "tee: Permission denied" >&2; exit 1` },
    reason: "not-writable",
    says: /could not be read back: .*Permission denied/u,
  },
  {
    name: "the server goes away while the file is written",
    before: HELPER,
    parameters: { answer: 5 },
    programs: { tee: `exec sleep 600` },
    reason: "not-writable",
    says: /could not be read back/u,
  },
  {
    name: "the service's user may not read",
    before: HELPER,
    programs: { runuser: `shift 3; case $2 in -r) exit 1 ;; esac; exec "$@"` },
    reason: "store-not-readable",
    says: /may not read \/efs\/models/u,
  },
  {
    name: "the login user may not write (an access point of somebody else)",
    before: HELPER,
    programs: { runuser: `shift 3; case $2 in -w) exit 1 ;; esac; exec "$@"`, chown: `exit 1` },
    reason: "store-not-writable",
    says: /may not write \/efs\/models/u,
  },
  {
    name: "fstab mounts another kind of disk there",
    before: (host) => {
      HELPER(host);
      host.write("etc/fstab", `${FSTAB}/dev/nvme1n1 /efs xfs defaults 0 2\n`);
    },
    reason: "fstab-taken",
    says: /another disk/u,
  },
  {
    name: "fstab cannot be replaced",
    before: HELPER,
    programs: { mv: `echo "mv: cannot move: Read-only file system" >&2; exit 1` },
    reason: "fstab-unwritable",
    says: /cannot replace \/etc\/fstab/u,
  },
  {
    name: "the disk is full while fstab is written, and awk does not say so",
    before: HELPER,
    programs: { dd: `for each in "$@"; do case $each in of=*) : >"\${each#of=}" ;; esac; done` },
    reason: "fstab-unwritable",
    says: /not what was meant/u,
  },
  {
    name: "umount finds it busy",
    before: MOUNTED("127.0.0.1:/ nfs4 rw,port=20077", `${ID}.efs.20077`),
    parameters: { mode: "unmount" },
    programs: { umount: `echo "umount.nfs4: /efs: device is busy" >&2; exit 16` },
    reason: "busy",
    says: /\/efs is in use by/u,
  },
  {
    name: "umount does not come back",
    before: MOUNTED("127.0.0.1:/ nfs4 rw,port=20077", `${ID}.efs.20077`),
    parameters: { mode: "unmount", answer: 1 },
    programs: { umount: `exec sleep 600` },
    reason: "unmount-hung",
    says: /did not come back/u,
  },
  {
    name: "the time given is over",
    before: HELPER,
    parameters: { limit: 4, wait: 30, mountLimit: 30 },
    programs: { mount: `exec sleep 600` },
    reason: "out-of-time",
    says: /could not be mounted in the time given/u,
  },
];

describe.each(SHELLS)("failures, met by %s", (...shell) => {
  it.concurrent.each(CASES)("$name", async ({ programs = {}, parameters = {}, before, reason, says }) => {
    const host = standInHost();
    try {
      before?.(host);
      for (const [name, content] of Object.entries(programs)) if (content !== "") host.program(name, content);
      const untouched = withoutHelper(host);
      const { code, result, stderr, seconds } = await host.run(parameters, { shell });
      const known = mountFailure(reason);
      expect(result).toMatchObject({ state: "failed", reason, code: known?.code });
      expect(result?.["message"]).toMatch(says);
      expect(code).toBe(known?.code);
      expect(result?.["remedy"]).not.toBe("");
      // Who reads the end of a deployment's log finds the whole of it in one line.
      expect(stderr.trim().split("\n").at(-1)).toContain(`failed (${reason}, exit code ${code})`);
      expect(withoutHelper(host)).toEqual(untouched);
      // The longest of these waits: three tries to install with pauses of 1 and 2 s, two writes of 10 s.
      expect(seconds).toBeLessThan(40);
    } finally {
      host.remove();
    }
  });
});

/** The host as it is; a package that was installed may stay. */
function withoutHelper(host: StandInHost): readonly string[] {
  return host.tree().filter((line) => !line.startsWith("sbin"));
}

describe("the table of failures", () => {
  it("has one code and one word for each, and a command to type next", () => {
    expect(new Set(MOUNT_FAILURES.map(({ code }) => code)).size).toBe(MOUNT_FAILURES.length);
    expect(new Set(MOUNT_FAILURES.map(({ reason }) => reason)).size).toBe(MOUNT_FAILURES.length);
    for (const { code, remedy, next } of MOUNT_FAILURES) {
      expect(code).toBeGreaterThan(9);
      expect(code).toBeLessThan(124);
      expect(remedy).toMatch(/^[A-Z].*\.$/u);
      expect(next).toMatch(/^bertops /u);
    }
  });
});

test("docs/mounting.md lists the same table", async () => {
  const text = await readFile(path.join(import.meta.dirname, "../../../docs/mounting.md"), "utf8");
  const rows = text.split("\n").filter((line) => /^\| \d+ \|/u.test(line));
  expect(rows).toEqual(
    MOUNT_FAILURES.map(
      ({ code, reason, means, remedy, next }) =>
        `| ${code} | \`${reason}\` | ${means} | ${remedy} | \`${next}\` |`,
    ),
  );
});
