import { execFileSync } from "node:child_process";
import { chmodSync, lstatSync, readdirSync, statSync, symlinkSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { FSTAB, ID, standInHost, type StandInHost } from "./stand-in-host.ts";

const LINE = `${ID}:/ /efs efs _netdev,noresvport,tls,nofail 0 0`;
/** Long enough that a half of it is told from the whole; our line is in the middle. */
const BEFORE = `${FSTAB}${ID}:/ /efs efs _netdev,tls 0 0\n${"# a comment that somebody cares about\n".repeat(40)}tmpfs /tmp tmpfs nosuid 0 0`;
const AFTER = BEFORE.replace(`${ID}:/ /efs efs _netdev,tls 0 0`, LINE);

/** The programs that the edit of fstab calls, in a host whose power fails at one of these calls. */
const PROGRAMS = ["awk", "cmp", "cp", "dd", "mv", "readlink", "rm", "sync", "tail"];

/** Of the calls of this program that have to do with fstab, at the one that is chosen the whole process group dies. */
function cutPower(host: StandInHost, name: string, at: number, when: "before" | "half" | "after"): void {
  host.program(
    name,
    `real="$ROOT_PREFIX/tools/${name}"
      case "$*" in *fstab* | *"$ROOT_PREFIX/etc"*) ;; *) exec "$real" "$@" ;; esac
      count=$(($(cat "$ROOT_PREFIX/log/calls" 2>/dev/null || echo 0) + 1))
      echo "$count" >"$ROOT_PREFIX/log/calls"
      [ "$count" -eq ${at} ] || exec "$real" "$@"
      case ${when} in
        half) "$real" "$@" | head -c 700 ;;
        after) "$real" "$@" ;;
      esac
      kill -9 0`,
  );
}

function mounted(): StandInHost {
  const host = standInHost();
  host.write("sbin/mount.efs", "", 0o755);
  host.write("mounted", "127.0.0.1:/ nfs4 rw,port=20049\n");
  host.write(`var/run/efs/${ID}.efs.20049`, "{}");
  host.write("etc/fstab", BEFORE, 0o640);
  return host;
}

/** Cuts the power at this call, and runs the script again. False where there is no such call. */
async function survives(
  name: string,
  at: number,
  when: "before" | "half" | "after",
  seen: Set<string>,
): Promise<boolean> {
  const host = mounted();
  try {
    cutPower(host, name, at, when);
    const { code } = await host.run({});
    const left = host.read("etc/fstab");
    expect([BEFORE, AFTER]).toContain(left);
    expect(statSync(path.join(host.root, "etc/fstab")).mode & 0o777).toBe(0o640);
    if (code === 0) return false;
    seen.add(left === BEFORE ? "old" : "new");
    // The power is back: the same command again leaves what it would have left at once, and nothing else.
    host.program(name);
    expect(await host.run({})).toMatchObject({ code: 0 });
    expect(host.read("etc/fstab")).toBe(AFTER);
    expect(readdirSync(path.join(host.root, "etc"))).toEqual(["fstab"]);
    return true;
  } finally {
    host.remove();
  }
}

describe("power that fails while fstab is replaced", () => {
  it.concurrent.each(["before", "half", "after"] as const)(
    "%s a step, whichever it is: the old file or the new one",
    async (when) => {
      const seen = new Set<string>();
      const cuts: string[] = [];
      for (const name of PROGRAMS)
        for (let at = 1; await survives(name, at, when, seen); at++) cuts.push(`${name} ${at}`);
      // Two edits, one to write and one to compare with what was written.
      expect(cuts).toEqual(
        expect.arrayContaining(["awk 1", "awk 2", "cmp 1", "cmp 2", "cp 1", "dd 1", "mv 1"]),
      );
      expect(seen).toEqual(new Set(when === "before" ? ["old"] : ["old", "new"]));
    },
  );
});

describe("what else belongs to a file", () => {
  it("follows a link, keeps owner, mode and extended attributes, and leaves the link", async () => {
    const host = mounted();
    try {
      const real = path.join(host.root, "etc/fstab.real");
      host.write("etc/fstab.real", BEFORE, 0o604);
      const link = path.join(host.root, "etc/fstab");
      execFileSync("rm", [link]);
      symlinkSync("fstab.real", link);
      expect(await host.run({})).toMatchObject({ code: 0, result: { fstab: "written" } });
      expect(lstatSync(link).isSymbolicLink()).toBe(true);
      expect(host.read("etc/fstab.real")).toBe(AFTER);
      expect(statSync(real).mode & 0o777).toBe(0o604);
      chmodSync(real, 0o644);
      expect(await host.run({})).toMatchObject({ code: 0, result: { fstab: "unchanged" } });
    } finally {
      host.remove();
    }
  });

  it.each([
    ["a mount point written in octal", `old:/ /\\145fs nfs4 hard 0 0`],
    ["a slash at its end", "old:/ /efs/ nfs4 hard 0 0"],
    ["two slashes", "old:/ //efs nfs4 hard 0 0"],
    ["tabs", "old:/\t/efs\tnfs\thard\t0\t0"],
    ["a carriage return", "old:/ /efs nfs4 hard 0 0\r"],
    ["S3 Files", "fs-0aaa:/ /efs s3files _netdev 0 0"],
  ])("knows our mount point by %s", async (_name, line) => {
    const host = mounted();
    try {
      host.write("etc/fstab", `a /a xfs defaults 0 0\r\n${line}\nb /b xfs defaults 0 0`);
      await host.run({});
      expect(host.read("etc/fstab")).toBe(`a /a xfs defaults 0 0\r\n${LINE}\nb /b xfs defaults 0 0`);
    } finally {
      host.remove();
    }
  });

  it.each([
    "old:/ /efs2 nfs4 hard 0 0",
    "old:/ /\\145fs2 nfs4 hard 0 0",
    "# old:/ /efs nfs4 hard 0 0",
    "//a/efs /mnt/efs cifs ro 0 0",
  ])("leaves %s alone", async (line) => {
    const host = mounted();
    try {
      host.write("etc/fstab", `${line}\n`);
      await host.run({});
      expect(host.read("etc/fstab")).toBe(`${line}\n${LINE}\n`);
      await host.run({ mode: "unmount" });
      expect(host.read("etc/fstab")).toBe(`${line}\n`);
    } finally {
      host.remove();
    }
  });
});
