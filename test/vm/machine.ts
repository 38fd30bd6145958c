import { execFileSync, spawn } from "node:child_process";
import { existsSync, readFileSync, rmSync } from "node:fs";
import path from "node:path";
import type { Debian } from "../hosts/debian/debian.ts";
import { type Monitor, openMonitor } from "./monitor.ts";

/** A virtual machine of qemu, without hardware support: everything in it is real but slow. */
export interface Machine {
  /** Saves all of it, memory included, under a name. */
  save(name: string): Promise<void>;
  /** Goes back to it; the machine's clock then stands where it stood. */
  load(name: string): Promise<void>;
  /** As if the power went and came back: what the machine had not written yet is lost. */
  powerCut(): Promise<void>;
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
  let current = await launch(qemu, socket);
  return {
    save: (name) => current.monitor.human(`savevm ${name}`),
    load: (name) => current.monitor.human(`loadvm ${name}`),
    async powerCut() {
      // Not system_reset: emulated processors were seen to stay in an endless interrupt of a disk after it.
      await current.end();
      current = await launch(qemu, socket);
    },
    console: () => lastLines(log) + current.said(),
    end: () => current.end(),
  };
}

/** A running qemu. */
interface Process {
  readonly monitor: Monitor;
  said(): string;
  end(): Promise<void>;
}

async function launch(qemu: readonly string[], socket: string): Promise<Process> {
  rmSync(socket, { force: true });
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
  try {
    return { monitor: await openMonitor(socket), said: () => said, end };
  } catch (error) {
    await end();
    throw new Error(`qemu does not answer: ${said}`, { cause: error });
  }
}

/** What the console said last, without systemd's lines of waiting. */
function lastLines(log: string): string {
  const lines = existsSync(log) ? readFileSync(log, "utf8").split("\n") : [];
  return lines
    .filter((line) => !line.includes("start running"))
    .slice(-40)
    .join("\n");
}
