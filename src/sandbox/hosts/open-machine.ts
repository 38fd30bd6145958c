import { dirname, join } from "node:path";
import type { Isolation } from "./host.ts";
import type { Machine } from "./machine.ts";
import { NamespaceMachine } from "./namespace-machine.ts";
import { nodeInstallation } from "./node-installation.ts";
import { Pipes } from "./pipes.ts";
import { PrefixMachine } from "./prefix-machine.ts";
import type { Watchdog } from "./watchdog.ts";

/** The machine of an isolation, not yet booted. */
export function openMachine(
  isolation: Isolation,
  {
    root,
    hostname,
    watchdog,
  }: { readonly root: string; readonly hostname: string; readonly watchdog?: Watchdog },
): Machine {
  const node = nodeInstallation();
  const pipes = new Pipes(join(dirname(root), "pipes"));
  if (isolation === "prefix") return new PrefixMachine({ root, node, pipes, watchdog });
  return new NamespaceMachine({ isolation, root, hostname, node, pipes, watchdog });
}
