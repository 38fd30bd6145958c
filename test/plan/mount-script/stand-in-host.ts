import { spawn, spawnSync } from "node:child_process";
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import os from "node:os";
import path from "node:path";
import { text } from "node:stream/consumers";
import { mountScript, type MountParameters } from "../../../src/plan/mount-script.ts";

/** A directory that the script takes for a host, with programs that answer as a real host's would. */
export interface StandInHost {
  readonly root: string;
  /** Puts a program first in PATH. Its text may use `$ROOT_PREFIX`; without one the program is taken away. */
  program(name: string, text?: string): void;
  /** Takes a tool away that other hosts have. */
  without(tool: string): void;
  write(file: string, content: string, mode?: number): void;
  read(file: string): string;
  has(file: string): boolean;
  /** Every file of the host but the programs: name, kind, mode, content. */
  tree(): readonly string[];
  run(parameters: MountParameters, options?: RunOptions): Promise<Outcome>;
  remove(): void;
}

export interface RunOptions {
  /** Default dash, else sh. */
  readonly shell?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

export interface Outcome {
  readonly code: number | null;
  readonly result: Readonly<Record<string, unknown>> | undefined;
  readonly stdout: string;
  readonly stderr: string;
  readonly seconds: number;
}

export const ID = "fs-0123456789abcdef0";
export const FSTAB = "# disks\nUUID=4a2b / xfs defaults,noatime 1 1\n";

/** Programs of a host on which all is well. What is mounted stands in `/mounted`, as findmnt would show it. */
const PROGRAMS: Readonly<Record<string, string>> = {
  dnf: `echo "$*" >>"$ROOT_PREFIX/log/dnf"; mkdir -p "$ROOT_PREFIX/sbin"; : >"$ROOT_PREFIX/sbin/mount.efs"; chmod 755 "$ROOT_PREFIX/sbin/mount.efs"`,
  findmnt: `[ -s "$ROOT_PREFIX/mounted" ] && cat "$ROOT_PREFIX/mounted"`,
  getent: `echo "10.0.0.5 $2"`,
  nc: `case $1 in -h) echo "usage: nc [-z]" ;; esac`,
  id: `case $1 in -u) echo 0 ;; esac`,
  runuser: `shift 3; exec "$@"`,
  chown: `:`,
  mount: `echo "$*" >>"$ROOT_PREFIX/log/mount"
    "$ROOT_PREFIX/tools/mv" "$ROOT_PREFIX/efs" "$ROOT_PREFIX/under"; ln -s server "$ROOT_PREFIX/efs"
    echo "127.0.0.1:/ nfs4 rw,port=20049" >"$ROOT_PREFIX/mounted"
    : >"$ROOT_PREFIX/var/run/efs/${ID}.efs.20049"`,
  umount: `echo "$*" >>"$ROOT_PREFIX/log/umount"
    if [ -d "$ROOT_PREFIX/under" ]; then rm "$ROOT_PREFIX/efs"; "$ROOT_PREFIX/tools/mv" "$ROOT_PREFIX/under" "$ROOT_PREFIX/efs"; fi
    : >"$ROOT_PREFIX/mounted"; rm -f "$ROOT_PREFIX/var/run/efs/"*`,
  curl: `exit 7`,
};

/** What every host has; nothing else of this machine is to be found there, least of all its package manager. */
const TOOLS =
  "awk basename cat chmod cmp cp date dd dirname env expr flock grep head hostname ln ls mkdir mktemp mv printenv readlink rm rmdir sed sh sleep sort stat sync tail tee test timeout touch tr true wc".split(
    " ",
  );

/** Makes a host on which all is well and nothing is mounted. */
export function standInHost(): StandInHost {
  const root = mkdtempSync(path.join(os.tmpdir(), "bertops-stand-in-"));
  const bin = path.join(root, "bin");
  const at = (file: string): string => path.join(root, file);
  const host: StandInHost = {
    root,
    program(name, content) {
      if (content === undefined) rmSync(path.join(bin, name), { force: true });
      else host.write(`bin/${name}`, `#!/bin/sh\n${content}\n`, 0o755);
    },
    without: (tool) => rmSync(at(`tools/${tool}`)),
    write(file, content, mode = 0o644) {
      mkdirSync(path.dirname(at(file)), { recursive: true });
      rmSync(at(file), { force: true });
      writeFileSync(at(file), content, { mode });
      chmodSync(at(file), mode);
    },
    read: (file) => readFileSync(at(file), "utf8"),
    has: (file) => existsSync(at(file)),
    tree: () => walk(root, "").filter((line) => !/^(?:bin|tools|log|run|server)(?:\/| )/u.test(line)),
    run: (parameters, options) => run(root, bin, parameters, options),
    remove: () => rmSync(root, { recursive: true, force: true }),
  };
  for (const directory of ["bin", "tools", "server", "etc", "run", "log", "efs", "var/run/efs"])
    mkdirSync(at(directory), { recursive: true });
  for (const tool of TOOLS) symlinkSync(whereIs(tool), at(`tools/${tool}`));
  host.write("etc/fstab", FSTAB);
  host.write("mounted", "");
  for (const [name, content] of Object.entries(PROGRAMS)) host.program(name, content);
  return host;
}

async function run(
  root: string,
  bin: string,
  parameters: MountParameters,
  { shell = ["sh"], env = {} }: RunOptions = {},
): Promise<Outcome> {
  const [program = "sh", ...flags] = shell;
  const started = performance.now();
  const child = spawn(whereIs(program), [...flags, "-s"], {
    // A group of its own, which a stand-in may kill as a power cut would.
    detached: true,
    env: { PATH: `${bin}:${path.join(root, "tools")}`, ROOT_PREFIX: root, ...env },
    stdio: ["pipe", "pipe", "pipe"],
  });
  child.stdin.on("error", () => undefined);
  child.stdin.end(
    mountScript({
      fileSystem: ID,
      mountPoint: "/efs",
      region: "eu-west-1",
      wait: 1,
      pause: 1,
      mountLimit: 20,
      answer: 8,
      owner: os.userInfo().username,
      group: os.userInfo().username,
      ...parameters,
    }),
  );
  const ended = new Promise<number | null>((resolve) => child.once("close", resolve));
  const [stdout, stderr, code] = await Promise.all([text(child.stdout), text(child.stderr), ended]);
  const last = stdout.split("\n").findLast((line) => line.startsWith("bertops-result: "));
  const result: unknown = last === undefined ? undefined : JSON.parse(last.slice("bertops-result: ".length));
  return {
    code,
    result: typeof result === "object" && result !== null ? { ...result } : undefined,
    stdout,
    stderr,
    seconds: (performance.now() - started) / 1000,
  };
}

function whereIs(program: string): string {
  // Not `command -v`, which finds what is built into the shell.
  const found = (process.env["PATH"] ?? "")
    .split(":")
    .map((directory) => path.join(directory, program))
    .find((file) => existsSync(file));
  if (found === undefined) throw new Error(`There is no ${program} on this machine.`);
  return found;
}

function walk(root: string, below: string): string[] {
  return readdirSync(path.join(root, below))
    .toSorted()
    .flatMap((name) => {
      const file = path.join(below, name);
      const stat = lstatSync(path.join(root, file));
      const mode = (stat.mode & 0o7777).toString(8);
      if (stat.isDirectory()) return [`${file} directory ${mode}`, ...walk(root, file)];
      if (stat.isSymbolicLink()) return [`${file} -> ${readlinkSync(path.join(root, file))}`];
      return [`${file} ${mode} ${readFileSync(path.join(root, file), "latin1")}`];
    });
}

/** The shells of this machine that the script must run in. */
export const SHELLS: readonly (readonly string[])[] = [
  ["dash"],
  ["bash", "--posix"],
  ["busybox", "ash"],
].filter(([program = ""]) => spawnSync("sh", ["-c", `command -v ${program}`]).status === 0);
