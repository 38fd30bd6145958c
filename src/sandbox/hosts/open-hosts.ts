import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { Host, HostGates, Hosts, HostSpec, Isolation } from "./host.ts";
import { Instance } from "./instance.ts";
import { probeIsolation } from "./isolation.ts";
import { openMachine } from "./open-machine.ts";
import { writePrograms } from "./programs/write-programs.ts";
import { writeRoot } from "./root.ts";

export interface OpenHostsOptions {
  readonly directory: string;
  readonly gates: HostGates;
  readonly isolation?: Isolation;
  readonly sshPort?: number;
}

/** Opens the place where instances run. */
export async function openHosts(options: OpenHostsOptions): Promise<Hosts> {
  const isolation = options.isolation ?? (await probeIsolation());
  const running = new Set<Host>();
  let count = 0;
  return {
    isolation,
    sshPort: options.sshPort ?? 2222,
    async launch(spec: HostSpec): Promise<Host> {
      const directory = join(options.directory, "hosts", spec.instanceId);
      const root = join(directory, "root");
      mkdirSync(root, { recursive: true });
      const machine = openMachine(isolation, root, spec.hostname);
      writeRoot(root, spec, machine.realUsers);
      writePrograms(machine);
      await machine.boot();
      count += 1;
      const instance = new Instance(spec, machine, directory, `127.77.1.${count + 1}`);
      running.add(instance);
      return instance;
    },
    async close(): Promise<void> {
      await Promise.all([...running].map((each) => each.terminate()));
    },
  };
}
