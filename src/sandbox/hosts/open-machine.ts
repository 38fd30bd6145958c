import type { Isolation } from "./host.ts";
import type { Machine } from "./machine.ts";
import { NamespaceMachine } from "./namespace-machine.ts";
import { nodeInstallation } from "./node-installation.ts";
import { PrefixMachine } from "./prefix-machine.ts";

/** The machine of an isolation, not yet booted. */
export function openMachine(isolation: Isolation, root: string, hostname: string): Machine {
  const node = nodeInstallation();
  if (isolation === "prefix") return new PrefixMachine({ root, node });
  return new NamespaceMachine({ isolation, root, hostname, node });
}
