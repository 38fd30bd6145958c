import { copyFileSync, cpSync, mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { debian } from "../hosts/debian/debian.ts";
import { mountEfs } from "../hosts/failures.ts";
import { ONE, type Outcome, type TestHost } from "../hosts/host.ts";
import { knownHosts, payload } from "../hosts/payload.ts";
import { rootShell } from "../hosts/root-shell.ts";
import { type Bertops, bertopsIn } from "../hosts/run.ts";
import { freePort } from "../ssh/sshd.ts";
import { type Machine, packDisk, startMachine } from "./machine.ts";

/** The virtual machine as a host that bertops logs in to. */
export interface VmHost extends TestHost {
  readonly machine: Machine;
  readonly bertops: Bertops;
  /** `--identity FILE --known-hosts FILE`. */
  readonly login: readonly string[];
  /** A directory of this run on this machine. */
  readonly directory: string;
  /** Runs a command of the region: `serve ADDRESS`, `client NAME ADDRESS`. */
  region(command: string): Promise<Outcome>;
  /** Waits until it answers over SSH as `user`; resolves to the milliseconds that took. */
  answers(user?: string): Promise<number>;
  /** Waits until systemd has started what a boot starts. */
  settled(): Promise<void>;
  /** Saves the state that it is in. */
  save(name: string): Promise<void>;
  /** Goes back to a saved state, with the clock set right. `booted`: nothing was done yet; `mounted`: after one `mount-efs`. */
  restore(name: string): Promise<void>;
  close(): Promise<void>;
}

/** Milliseconds in which a boot must reach SSH. Without hardware support, on a busy machine, it takes its time. */
const BOOT_WITHIN = 180_000;

/** Boots it, with the template and its packages at /payload/app, and saves the state `booted`. */
export async function startVm(): Promise<VmHost> {
  const base = debian();
  const directory = mkdtempSync(path.join(os.tmpdir(), "bertops-vm-"));
  const carried = payload(directory);
  writeFileSync(path.join(carried.directory, "mount-targets"), `${ONE.address} ${ONE.id} no_root_squash\n`);
  copyFileSync(path.join(import.meta.dirname, "region"), path.join(carried.directory, "region"));
  copyService(carried.directory);
  const disk = path.join(directory, "payload.ext4");
  packDisk(carried.directory, disk, 512);
  mkdirSync(path.join(directory, "home"));
  const port = await freePort();
  const name = `127.0.0.1:${port}`;
  const machine = await startMachine({ debian: base, directory, payload: disk, port });
  const login = [
    "--identity",
    carried.identity,
    "--known-hosts",
    knownHosts(path.join(directory, "known_hosts"), carried, [`[127.0.0.1]:${port}`]),
  ];
  const root = rootShell(carried.identity, "127.0.0.1", port, [], 180_000);
  const region = async (command: string): Promise<Outcome> => {
    const outcome = await root(`/payload/region ${command}`);
    if (outcome.code !== 0) throw new Error(`region ${command}: ${outcome.stderr}\n${machine.console()}`);
    return outcome;
  };
  const saved = new Set<string>();
  const vm: VmHost = {
    name,
    machine,
    directory,
    login,
    root,
    region,
    bertops: bertopsIn(path.join(directory, "home")),
    async target(address, state) {
      await region(`target ${address} ${state}`);
    },
    async answers(user = "root") {
      const started = performance.now();
      const shell = rootShell(carried.identity, "127.0.0.1", port, [], 20_000, user);
      let last: Outcome | undefined;
      while (performance.now() - started < BOOT_WITHIN) {
        last = await shell("true");
        if (last.code === 0) return performance.now() - started;
        await new Promise((resolve) => setTimeout(resolve, 250));
      }
      throw new Error(`no SSH as ${user} within ${BOOT_WITHIN} ms: ${last?.stderr}\n${machine.console()}`);
    },
    async settled() {
      const { stdout } = await root("systemctl is-system-running --wait");
      if (!/running|degraded/u.test(stdout))
        throw new Error(`the boot does not end: ${stdout}\n${machine.console()}`);
    },
    async reboot() {
      const before = (await root("cat /proc/sys/kernel/random/boot_id")).stdout;
      await root("systemctl reboot");
      const deadline = Date.now() + BOOT_WITHIN;
      while (Date.now() < deadline) {
        const { code, stdout } = await root("cat /proc/sys/kernel/random/boot_id");
        if (code === 0 && stdout !== before) return;
      }
      throw new Error(`it does not come back from a reboot:\n${machine.console()}`);
    },
    async save(state) {
      await machine.save(state);
      saved.add(state);
    },
    async restore(state) {
      if (state === "mounted" && !saved.has(state)) {
        await vm.restore("booted");
        const { code, stderr } = await mountEfs({ ...vm, host: vm }, ["--json", "--timeout", "300"]);
        if (code !== 0) throw new Error(`mount-efs: ${stderr}`);
        await vm.save(state);
      }
      await machine.load(state);
      await root(`date -s @${Math.ceil(Date.now() / 1000)}`);
    },
    async close() {
      await machine.end();
      rmSync(directory, { recursive: true, force: true });
    },
  };
  try {
    await vm.answers();
    await vm.settled();
    await vm.save("booted");
  } catch (error) {
    await vm.close();
    throw error;
  }
  return vm;
}

/** Node.js as this machine runs it (Debian's is too old), and the service with its packages as they are installed here. */
function copyService(into: string): void {
  const repository = path.resolve(import.meta.dirname, "../..");
  copyFileSync(realpathSync(process.execPath), path.join(into, "node"));
  const app = path.join(into, "app");
  cpSync(path.join(repository, "templates/similarity"), app, {
    recursive: true,
    filter: (source) => !source.includes(`${path.sep}node_modules`),
  });
  for (const name of ["onnxruntime-node", "onnxruntime-common"])
    cpSync(path.join(repository, "node_modules", name), path.join(app, "node_modules", name), {
      recursive: true,
      dereference: true,
      filter: (source) =>
        !/\/napi-v\d+\/(?!linux(?:$|\/x64))[^/]+/u.test(source) || /\/napi-v\d+\/linux$/u.test(source),
    });
}
