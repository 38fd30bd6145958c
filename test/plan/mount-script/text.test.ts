import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { mountHook, mountScript } from "../../../src/plan/mount-script.ts";
import { BOOT_PROGRAM } from "../../../src/plan/mount-script/boot.ts";
import { FSTAB_EDIT } from "../../../src/plan/mount-script/fstab.ts";
import { LOOK } from "../../../src/plan/mount-script/look.ts";
import { REPORT } from "../../../src/plan/mount-script/report.ts";

function has(program: string): boolean {
  return spawnSync("sh", ["-c", `command -v ${program}`]).status === 0;
}

const SHELLS = [["dash"], ["bash", "--norc", "--posix"], ["busybox", "ash"]].filter(([program = ""]) =>
  has(program),
);
const missing = ["dash", "bash", "busybox"].filter((program) => !has(program));
if (missing.length > 0) console.log(`skipped: no ${missing.join(", ")} on this machine`);

/** Runs a shell text; what it reads comes as arguments. */
function run(
  shell: readonly string[],
  text: string,
  args: readonly string[],
  env: Record<string, string> = {},
) {
  const [program = "sh", ...flags] = shell;
  return spawnSync(program, [...flags, "-c", text, "test", ...args], {
    env: { PATH: process.env["PATH"], ...env },
    encoding: "buffer",
  });
}

describe("the script's text", () => {
  const script = mountScript({ fileSystem: "fs-0123abcd", mountPoint: "/efs", region: "eu-west-1" });

  it.each(SHELLS)("is read by %s", (...shell) => {
    const [program = "sh", ...flags] = shell;
    expect(spawnSync(program, [...flags, "-n"], { input: script, encoding: "utf8" })).toMatchObject({
      status: 0,
      stderr: "",
    });
  });

  it.skipIf(!has("shellcheck"))("pleases shellcheck", () => {
    const { stdout, status } = spawnSync("shellcheck", ["-s", "sh", "-"], {
      input: script,
      encoding: "utf8",
    });
    expect(stdout).toBe("");
    expect(status).toBe(0);
  });

  it.skipIf(!has("shellcheck"))("pleases shellcheck, the program that a boot runs, too", () => {
    const input = `#!/bin/sh\nFILE_SYSTEM=fs-1 MOUNT_POINT=/efs SERVER=10.0.0.5\n${BOOT_PROGRAM}`;
    expect(spawnSync("shellcheck", ["-s", "sh", "-"], { input, encoding: "utf8" })).toMatchObject({
      status: 0,
      stdout: "",
    });
  });

  it("stays below 64 KiB", () => {
    expect(Buffer.byteLength(script)).toBeLessThan(64 * 1024);
  });

  it("quotes what it is told", () => {
    const odd = mountScript({ fileSystem: "fs-1", owner: "o'neill; rm -rf /" });
    expect(odd).toContain(String.raw`OWNER='o'\''neill; rm -rf /'`);
  });

  it("is the same text in the bundle's hook, but for what the environment's properties say", () => {
    const body = (text: string): string => text.slice(text.indexOf("\nsay()"));
    expect(body(mountHook())).toBe(body(script));
    expect(mountHook()).toContain("FILE_SYSTEM=''");
  });

  it("does nothing when it arrives only in part", () => {
    const half = script.slice(0, script.lastIndexOf("main "));
    const { stdout, status } = spawnSync("sh", ["-s"], { input: half, encoding: "utf8" });
    expect(stdout).toBe("");
    expect(status).toBe(0);
  });
});

describe.each(SHELLS)("fstab, edited by %s", (...shell) => {
  let directory: string;
  beforeAll(() => {
    directory = mkdtempSync(path.join(os.tmpdir(), "bertops-fstab-"));
  });
  afterAll(() => rmSync(directory, { recursive: true }));

  const LINE = "fs-0123abcd:/ /efs efs _netdev,noresvport,tls,nofail 0 0";
  function edit(before: Buffer): { readonly after: Buffer; readonly code: number | null } {
    const file = path.join(directory, "fstab");
    writeFileSync(file, before);
    const env = { MOUNT_POINT: "/efs", FSTAB_LINE: LINE };
    const { stdout, status, stderr } = run(shell, `${FSTAB_EDIT}\nfstab_edit "$1"`, [file], env);
    expect(stderr.toString()).toBe("");
    return { after: stdout, code: status };
  }

  it("changes only our line in fifty generated files, and nothing the second time", () => {
    for (let seed = 1; seed <= 50; seed++) {
      const { text, ours } = generate(seed);
      const { after, code } = edit(text);
      expect(code).toBe(0);
      expect(after.toString("latin1")).toBe(expected(text, ours, LINE).toString("latin1"));
      expect(edit(after).after.equals(after)).toBe(true);
    }
  });

  it("refuses to take the place of another kind of disk", () => {
    expect(edit(Buffer.from("/dev/nvme1n1 /efs xfs defaults 0 2\n")).code).toBe(3);
  });
});

/** A small generator of its own, so that a failing seed can be run again. */
function random(seed: number): (below: number) => number {
  let state = seed * 2_654_435_761;
  return (below) => {
    state = (Math.imul(state ^ (state >>> 15), 0x2c1b3c6d) + 0x9e3779b9) >>> 0;
    return state % below;
  };
}

/** An fstab with `ours` as the index of the line that stands for our mount point, or -1. */
function generate(seed: number): { readonly text: Buffer; readonly ours: readonly number[] } {
  const next = random(seed);
  const others = [
    "UUID=4a2b / xfs defaults,noatime 1 1",
    "UUID=1234\t/boot/efi\tvfat\tdefaults,uid=0,gid=0,umask=077,shortname=winnt 0 2",
    "# fs-0123abcd:/ /efs efs tls 0 0",
    "   # indented comment",
    "",
    "   ",
    "tmpfs /tmp tmpfs nosuid,nodev 0 0",
    "fs-99:/ /efs2 efs tls 0 0",
    "fs-99:/ /data/efs efs tls 0 0",
    "//server/share /mnt/with\\040space cifs ro 0 0",
    "/swapfile none swap sw 0 0",
    "caf\u00E9 /caf\u00E9 ext4 defaults",
    "\u00FF\u00FE /binary ext4 defaults 0 0",
    "only-one-field",
    "10.0.0.1:/export /mnt/nfs nfs4 hard 0 0\r",
  ];
  const own = [
    "fs-0123abcd:/ /efs efs _netdev,tls 0 0",
    "fs-0000000000000000 /efs/ efs defaults,_netdev 0 0",
    "\tfs-0123abcd:/\t\t/efs\tefs\ttls,iam\t0\t0",
    "fs-0123abcd.efs.eu-west-1.amazonaws.com:/ /efs nfs4 nfsvers=4.1 0 0",
  ];
  const lines: string[] = [];
  const ours: number[] = [];
  const count = next(12);
  for (let index = 0; index < count; index++) lines.push(others[next(others.length)] ?? "");
  for (let times = next(3); times > 0; times--) {
    const at = next(lines.length + 1);
    lines.splice(at, 0, own[next(own.length)] ?? "");
  }
  for (const [index, line] of lines.entries()) if (own.includes(line)) ours.push(index);
  const final = next(3) === 0 || lines.length === 0 ? "" : "\n";
  return { text: Buffer.from(lines.join("\n") + final, "latin1"), ours };
}

function expected(text: Buffer, ours: readonly number[], line: string): Buffer {
  const whole = text.toString("latin1");
  const final = whole.endsWith("\n");
  const lines = (final ? whole.slice(0, -1) : whole).split("\n");
  if (ours.length === 0) {
    const start = whole === "" ? "" : final ? whole : `${whole}\n`;
    return Buffer.from(`${start}${line}\n`, "latin1");
  }
  const [first, ...rest] = ours;
  const kept = lines
    .map((one, index) => (index === first ? line : one))
    .filter((_, index) => !rest.includes(index));
  return Buffer.from(kept.join("\n") + (final ? "\n" : ""), "latin1");
}

describe.each(SHELLS)("what is mounted, told by %s", (...shell) => {
  let directory: string;
  beforeAll(() => {
    directory = mkdtempSync(path.join(os.tmpdir(), "bertops-look-"));
    execFileSync("mkdir", [
      "-p",
      path.join(directory, "proc/self"),
      path.join(directory, "state"),
      path.join(directory, "bin"),
    ]);
    for (const name of [
      "fs-aa11.efs.20691",
      "fs-bb22.efs.20699",
      "fs-cc33.data.efs.20691",
      "fs-dd44.efs.20691.tmp",
    ])
      writeFileSync(path.join(directory, "state", name), "{}");
  });
  afterAll(() => rmSync(directory, { recursive: true }));

  function look(mounts: string, fileSystem: string, targets = ""): string {
    writeFileSync(path.join(directory, "proc/self/mounts"), mounts);
    const text = `${REPORT}${LOOK}\ncommand() { case $2 in findmnt) return 1 ;; *) return 0 ;; esac; }
      look; printf '%s|%s|%s' "$SOURCE" "$TYPE" "$MOUNTED_ID"`;
    const { stdout } = run(shell, text, [], {
      ROOT_PREFIX: directory,
      MOUNT_POINT: "/efs",
      FILE_SYSTEM: fileSystem,
      STATE_DIR: path.join(directory, "state"),
      MOUNT_TARGETS: targets,
    });
    return stdout.toString();
  }

  it("is nothing, or known by name, by state file and port, or by a mount target's address", () => {
    expect(look("proc /proc proc rw 0 0\n", "fs-aa11")).toBe("||");
    expect(look("127.0.0.1:/ /efs nfs4 rw,port=20691,tls 0 0\n", "fs-aa11")).toBe("127.0.0.1:/|nfs4|fs-aa11");
    expect(look("127.0.0.1:/ /efs nfs4 rw,port=20699 0 0\n", "fs-aa11")).toBe("127.0.0.1:/|nfs4|fs-bb22");
    expect(look("127.0.0.1:/ /efs nfs4 rw,port=20700 0 0\n", "fs-aa11")).toBe("127.0.0.1:/|nfs4|");
    expect(look("fs-ee55.efs.eu-west-1.amazonaws.com:/ /efs nfs4 rw 0 0\n", "fs-aa11")).toBe(
      "fs-ee55.efs.eu-west-1.amazonaws.com:/|nfs4|fs-ee55",
    );
    expect(look("10.0.0.7:/ /efs nfs4 rw 0 0\n", "fs-aa11", "10.0.0.6 10.0.0.7")).toBe(
      "10.0.0.7:/|nfs4|fs-aa11",
    );
    expect(look("10.0.0.8:/ /efs nfs4 rw 0 0\n", "fs-aa11", "10.0.0.6 10.0.0.7")).toBe("10.0.0.8:/|nfs4|");
  });
});
