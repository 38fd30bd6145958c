import { execFileSync, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";

const RECIPE = path.join(import.meta.dirname, "build.sh");

/** What `build.sh` made, in the user's cache. */
export interface Debian {
  /** The lower layer of chroot hosts. */
  readonly root: string;
  /** What the virtual machine boots; the disk is only ever the base of an overlay. */
  readonly kernel: string;
  readonly initrd: string;
  readonly disk: string;
}

/** The first of these programs that this machine lacks, as a reason for skipping; undefined where it has all. */
export function lacking(programs: readonly string[]): string | undefined {
  if (process.platform !== "linux") return `it needs Linux, not ${process.platform}`;
  if (process.getuid?.() !== 0) return "it needs root";
  const missing = programs.filter(
    (program) => spawnSync("sh", ["-c", `command -v ${program}`], { env: ENVIRONMENT }).status !== 0,
  );
  return missing.length === 0 ? undefined : `no ${missing.join(", ")} on this machine`;
}

const ENVIRONMENT = { ...process.env, PATH: `${process.env["PATH"]}:/usr/sbin:/sbin` };

/** The Debian that the tests' hosts run, built once (about two minutes) and kept by the hash of its recipe. */
export function debian(): Debian {
  const recipe = readFileSync(RECIPE);
  const cache = path.join(
    process.env["XDG_CACHE_HOME"] ?? path.join(os.homedir(), ".cache"),
    "bertops-tests",
  );
  const hash = createHash("sha256").update(recipe).digest("hex").slice(0, 12);
  const directory = path.join(cache, `debian-${hash}`);
  mkdirSync(cache, { recursive: true });
  if (!existsSync(directory)) {
    for (const name of readdirSync(cache)) {
      const builder = /^debian-.*\.building-(?<pid>\d+)$/u.exec(name)?.groups?.["pid"];
      // Left by a build that was killed.
      if (builder !== undefined && !existsSync(`/proc/${builder}`))
        rmSync(path.join(cache, name), { recursive: true, force: true });
    }
    console.log(`building the hosts' Debian in ${directory}; this takes about two minutes, once`);
    const building = `${directory}.building-${process.pid}`;
    mkdirSync(building, { recursive: true });
    try {
      execFileSync("sh", [RECIPE, building], {
        stdio: ["ignore", "pipe", "pipe"],
        timeout: 900_000,
        maxBuffer: 1 << 26,
        env: ENVIRONMENT,
      });
      // Another run may have been quicker.
      if (!existsSync(directory)) renameSync(building, directory);
    } finally {
      rmSync(building, { recursive: true, force: true });
    }
  }
  const part = (name: string): string => path.join(directory, name);
  return { root: part("root"), kernel: part("kernel"), initrd: part("initrd"), disk: part("disk.ext4") };
}
