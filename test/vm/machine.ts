import { execFileSync, spawn } from "node:child_process";
import { existsSync, readFileSync, rmSync } from "node:fs";
import path from "node:path";
import type { Debian } from "../hosts/debian/debian.ts";
import { type Monitor, openMonitor } from "./monitor.ts";

/** A virtual machine of qemu, without hardware support: everything in it is real but slow. */
export interface Machine {
  /** Saves all of it, memory included, under a name. */
  save(name: string): Promise<void>;
  /** Goes back to it, also from being off; the machine's clock then stands where it stood. */
  load(name: string): Promise<void>;
  /** As if the power went and came back: what the machine had not written yet is lost. Boots, also where it was off. */
  powerCut(): Promise<void>;
  /** Carries out what ends with `echo b >/proc/sysrq-trigger` inside of it: the power goes at that moment. Then it is off. */
  powerCutBy(act: () => Promise<unknown>): Promise<void>;
  /** A file of its disk while it is off, as a boot would find it: with the file system's journal replayed. */
  recovered(file: string): string;
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
export const MACHINE_NEEDS = ["qemu-system-x86_64", "qemu-img", "mke2fs", "e2fsck", "debugfs", "unshare"];

/** Packs a directory as a disk for the machine. */
export function packDisk(directory: string, file: string, megabytes: number): void {
  tool("truncate", "-s", `${megabytes}M`, file);
  tool("mke2fs", "-q", "-F", "-t", "ext4", "-L", "payload", "-O", "^metadata_csum", "-d", directory, file);
}

/** Runs a program of this machine and answers what it prints. */
function tool(program: string, ...args: readonly string[]): string {
  return execFileSync(program, args, {
    encoding: "utf8",
    env: { ...process.env, PATH: `${process.env["PATH"]}:/usr/sbin:/sbin` },
    stdio: ["ignore", "pipe", "pipe"],
  });
}

/** After `loadvm` the kernel would take its clock for unreliable, and another one that makes all twice as slow: `tsc=reliable`. */
const KERNEL =
  "console=ttyS0 root=/dev/vda rw net.ifnames=0 mitigations=off tsc=reliable systemd.show_status=1 loglevel=4";

export async function startMachine(options: MachineOptions): Promise<Machine> {
  const { debian, directory, payload, port } = options;
  const inside = (name: string): string => path.join(directory, name);
  const [disk, socket, log] = [inside("disk.qcow2"), inside("monitor"), inside("console")];
  tool("qemu-img", "create", "-q", "-f", "qcow2", "-b", debian.disk, "-F", "raw", disk);
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
    KERNEL,
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
  let off = false;
  return {
    save: (name) => current.monitor.human(`savevm ${name}`),
    async load(name) {
      if (off) current = await launch([...qemu, "-loadvm", name], socket);
      else await current.monitor.human(`loadvm ${name}`);
      off = false;
    },
    async powerCut() {
      // Not system_reset: emulated processors were seen to stay in an endless interrupt of a disk after it.
      await current.end();
      current = await launch(qemu, socket);
      off = false;
    },
    async powerCutBy(act) {
      await current.monitor.ask("set-action", { reboot: "shutdown" });
      await act();
      const deadline = AbortSignal.timeout(60_000);
      const late = new Promise<never>((_, reject) => {
        deadline.addEventListener("abort", () => reject(new Error("its power did not go")));
      });
      await Promise.race([current.ended, late]);
      off = true;
    },
    recovered(file) {
      const raw = inside("recovered");
      tool("qemu-img", "convert", "-O", "raw", disk, raw);
      tool("e2fsck", "-y", "-E", "journal_only", raw);
      return tool("debugfs", "-R", `cat ${file}`, raw);
    },
    console: () => lastLines(log) + current.said(),
    end: () => current.end(),
  };
}

/** A running qemu. */
interface Process {
  readonly monitor: Monitor;
  /** It has ended, by itself or not. */
  readonly ended: Promise<void>;
  said(): string;
  end(): Promise<void>;
}

async function launch(qemu: readonly string[], socket: string): Promise<Process> {
  rmSync(socket, { force: true });
  // Process 1 of a namespace waits for our end: when standard input closes, however that comes, the machine dies with it.
  const child = spawn("unshare", ["--pid", "--fork", "--kill-child", "sh", "-c", KEEPER, "sh", ...qemu], {
    stdio: ["pipe", "ignore", "pipe"],
  });
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
    return { monitor: await openMonitor(socket), ended, said: () => said, end };
  } catch (error) {
    await end();
    throw new Error(`qemu does not answer: ${said}`, { cause: error });
  }
}

/** Ends with the machine, and the machine with it. */
const KEEPER = 'exec 3<&0; "$@" </dev/null 3<&- & qemu=$!; { cat <&3; kill -KILL "$qemu"; } & wait "$qemu"';

/** What the console said last, without systemd's lines of waiting. */
function lastLines(log: string): string {
  const lines = existsSync(log) ? readFileSync(log, "utf8").split("\n") : [];
  return lines
    .filter((line) => !line.includes("start running"))
    .slice(-40)
    .join("\n");
}
