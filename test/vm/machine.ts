import { execFileSync, spawn } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import type { Debian } from "../hosts/debian/debian.ts";
import { type Monitor, openMonitor } from "./monitor.ts";

/** A virtual machine of qemu, without hardware support: everything in it is real but slow. */
export interface Machine {
  /** Saves all of it, memory included, under a name. */
  save(name: string): Promise<void>;
  /** Goes back to it; the machine's clock then stands where it stood. */
  load(name: string): Promise<void>;
  /** As if the power went and came back. */
  reset(): Promise<void>;
  /** The last lines of its console. */
  console(): string;
  /** Ends it, whatever it does. */
  end(): Promise<void>;
}

export interface MachineOptions {
  readonly debian: Debian;
  /** A directory of this run, for its disk, socket and console. */
  readonly directory: string;
  /** A disk that it finds as LABEL=payload. */
  readonly payload: string;
  /** The port of loopback that leads to its port 22. */
  readonly port: number;
}

/** What these machines need. */
export const MACHINE_NEEDS = ["qemu-system-x86_64", "qemu-img", "mke2fs", "unshare"];

/** Packs a directory as a disk for the machine. */
export function packDisk(directory: string, file: string, megabytes: number): void {
  execFileSync("truncate", ["-s", `${megabytes}M`, file]);
  execFileSync(
    "mke2fs",
    ["-q", "-F", "-t", "ext4", "-L", "payload", "-O", "^metadata_csum", "-d", directory, file],
    {
      env: { ...process.env, PATH: `${process.env["PATH"]}:/usr/sbin:/sbin` },
      stdio: ["ignore", "ignore", "pipe"],
    },
  );
}

export async function startMachine(options: MachineOptions): Promise<Machine> {
  const { debian, directory, payload, port } = options;
  const inside = (name: string): string => path.join(directory, name);
  const [disk, socket, log] = [inside("disk.qcow2"), inside("monitor"), inside("console")];
  execFileSync("qemu-img", ["create", "-q", "-f", "qcow2", "-b", debian.disk, "-F", "raw", disk]);
  const qemu = [
    "qemu-system-x86_64",
    "-machine",
    "pc",
    "-accel",
    "tcg,thread=multi",
    "-cpu",
    "max",
    "-smp",
    "1",
    "-m",
    "1536",
    "-nodefaults",
    "-display",
    "none",
    "-kernel",
    debian.kernel,
    "-initrd",
    debian.initrd,

    "-append",
    "console=ttyS0 root=/dev/vda rw net.ifnames=0 mitigations=off systemd.show_status=1 loglevel=4",
    "-drive",
    `file=${disk},if=virtio,format=qcow2,cache=unsafe`,
    "-drive",
    `file=${payload},if=virtio,format=raw,readonly=on`,

    "-netdev",
    `user,id=net,restrict=on,hostfwd=tcp:127.0.0.1:${port}-:22`,
    "-device",
    "virtio-net-pci,netdev=net",
    "-device",
    "virtio-rng-pci",
    "-serial",
    `file:${log}`,
    "-qmp",
    `unix:${socket},server=on,wait=off`,
  ];
  // Process 1 of a namespace waits for our end: when standard input closes, however that comes, the machine dies with it.
  const child = spawn(
    "unshare",
    ["--pid", "--fork", "--kill-child", "sh", "-c", '"$@" </dev/null & cat', "sh", ...qemu],
    { stdio: ["pipe", "ignore", "pipe"] },
  );
  let said = "";
  child.stderr?.on("data", (chunk: Buffer) => (said += chunk.toString()));
  const ended = new Promise<void>((resolve) => {
    child.once("exit", () => resolve());
  });
  const end = async (): Promise<void> => {
    child.stdin?.end();
    await ended;
  };
  let monitor: Monitor;
  try {
    monitor = await openMonitor(socket);
  } catch (error) {
    await end();
    throw new Error(`qemu does not answer: ${said}`, { cause: error });
  }
  return {
    save: (name) => monitor.human(`savevm ${name}`),
    load: (name) => monitor.human(`loadvm ${name}`),
    reset: () => monitor.human("system_reset"),
    console: () => lastLines(log) + said,
    end,
  };
}

/** What the console said last, without systemd's lines of waiting. */
function lastLines(log: string): string {
  const lines = existsSync(log) ? readFileSync(log, "utf8").split("\n") : [];
  return lines
    .filter((line) => !line.includes("start running"))
    .slice(-40)
    .join("\n");
}
