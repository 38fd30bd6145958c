import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { createInterface } from "node:readline";
import { debian } from "../debian/debian.ts";
import { FILE_SYSTEMS, type TargetState, type TestHost } from "../host.ts";
import { knownHosts, payload } from "../payload.ts";
import { type Bertops, bertopsIn } from "../run.ts";
import { rootShell } from "../root-shell.ts";

/** Hosts in namespaces with a network, mount targets and packages of their own; nothing of it is seen outside. */
export interface Region {
  readonly hosts: readonly ChrootHost[];
  /** Runs bertops of this checkout inside the region's network. */
  readonly bertops: Bertops;
  /** What every command needs to log in: `--identity FILE --known-hosts FILE`. */
  readonly login: readonly string[];
  /** A directory of this run, and in it `file-systems/ID`: what the file systems hold. */
  readonly directory: string;
  /** A person's home. */
  readonly home: string;
  target(address: string, state: TargetState): Promise<void>;
  close(): Promise<void>;
}

export interface ChrootHost extends TestHost {
  start(): Promise<void>;
  /** As if the power went. */
  stop(): Promise<void>;
  /** Its root, as files of this machine: what the host's own disk has beyond its Debian. */
  readonly upper: string;
}

/** What such hosts need. */
export const NEEDS = [
  "mmdebstrap",
  "mke2fs",
  "unshare",
  "nsenter",
  "ip",
  "nft",
  "rpmbuild",
  "createrepo_c",
  "ssh",
  "cpio",
];

/** Boots `count` hosts: `host1` at 10.77.0.101, and so on. */
export async function openRegion(count: number): Promise<Region> {
  const directory = mkdtempSync(path.join(os.tmpdir(), "bertops-hosts-"));
  const inside = (name: string): string => path.join(directory, name);
  for (const name of [
    "debian",
    "hosts",
    "denied",
    "home",
    ...FILE_SYSTEMS.map(({ id }) => `file-systems/${id}`),
  ])
    mkdirSync(inside(name), { recursive: true });
  const carried = payload(directory);
  writeFileSync(
    inside("mount-targets"),
    FILE_SYSTEMS.map(({ id, address }) => `${address} ${id}\n`).join(""),
  );
  const words = Array.from({ length: count }, (_, index) => ({
    name: `host${index + 1}`,
    address: `10.77.0.${101 + index}`,
  }));
  const login = [
    "--identity",
    carried.identity,
    "--known-hosts",
    knownHosts(
      inside("known_hosts"),
      carried,
      words.map(({ address }) => address),
    ),
  ];
  const shell = openShell(directory, debian().root);
  const before = ["nsenter", "-t", await shell.pid, "-n", "--"];
  const target = (address: string, state: TargetState): Promise<void> =>
    shell.command(`target ${address} ${state}`);

  const hosts = words.map(({ name, address }): ChrootHost => {
    const own = inside(`hosts/${name}`);
    for (const part of ["upper/etc", "work", "root"]) mkdirSync(path.join(own, part), { recursive: true });
    writeFileSync(path.join(own, "upper/etc/hosts"), hostsFile(name));
    writeFileSync(path.join(own, "upper/etc/hostname"), `${name}\n`);
    writeFileSync(
      path.join(own, "upper/etc/fstab"),
      "# nothing but the disk\nproc /proc proc defaults 0 0\n",
    );
    const root = rootShell(carried.identity, address, 22, before);
    const host: ChrootHost = {
      name: address,
      upper: path.join(own, "upper"),
      root,
      target,
      async start() {
        await shell.command(`start ${name} ${address}`);
        for (let tries = 0; ; tries++) {
          const { code, stderr } = await root("true");
          if (code === 0) return;
          if (tries > 100)
            throw new Error(
              `${name} does not boot: ${stderr}\n${readFileSync(path.join(own, "console"), "utf8")}`,
            );
          await new Promise((resolve) => setTimeout(resolve, 100));
        }
      },
      stop: () => shell.command(`stop ${name}`),
      async reboot() {
        await host.stop();
        await host.start();
      },
    };
    return host;
  });
  const region: Region = {
    hosts,
    bertops: bertopsIn(inside("home"), before),
    login,
    directory,
    home: inside("home"),
    target,
    async close() {
      await shell.end();
      rmSync(directory, { recursive: true, force: true });
    },
  };
  try {
    await Promise.all(hosts.map((host) => host.start()));
  } catch (error) {
    await region.close();
    throw error;
  }
  return region;
}

function hostsFile(name: string): string {
  const targets = FILE_SYSTEMS.map(({ id, address }) => `${address} ${id}.efs.eu-west-1.amazonaws.com\n`);
  return `127.0.0.1 localhost ${name}\n${targets.join("")}`;
}

interface Shell {
  /** Process 1 of the region as this machine numbers it. */
  readonly pid: Promise<string>;
  command(line: string): Promise<void>;
  end(): Promise<void>;
}

/** The region's first process, which takes commands on its standard input and takes everything with it when that ends. */
function openShell(directory: string, root: string): Shell {
  const script = path.join(import.meta.dirname, "region.sh");
  const child = spawn(
    "unshare",
    ["--mount", "--net", "--pid", "--fork", "--kill-child", "--mount-proc", script, directory, root],
    { stdio: ["pipe", "pipe", "inherit"] },
  ) as unknown as ChildProcessWithoutNullStreams;
  const waiting: ((answer: string) => void)[] = [];
  const lines = createInterface({ input: child.stdout });
  lines.on("line", (line) => waiting.shift()?.(line));
  const ended = new Promise<void>((resolve) => {
    child.once("exit", () => {
      for (const one of waiting.splice(0)) one("failed");
      resolve();
    });
  });
  const answer = (): Promise<string> =>
    new Promise((resolve) => {
      waiting.push(resolve);
    });
  const pid = answer().then(() =>
    readFileSync(`/proc/${child.pid}/task/${child.pid}/children`, "utf8").trim(),
  );
  return {
    pid,
    async command(line) {
      const done = answer();
      child.stdin.write(`${line}\n`);
      if ((await done) !== "done") throw new Error(`the region could not ${line}`);
    },
    async end() {
      child.stdin.end();
      await ended;
    },
  };
}
