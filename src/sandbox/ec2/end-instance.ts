import { setTimeout as sleep } from "node:timers/promises";
import type { Region } from "../region.ts";
import { findInstance } from "./find-instance.ts";
import { changeState } from "./change-state.ts";
import { isAlive } from "./instance.ts";

const USER_SHUTDOWN = {
  code: "Client.UserInitiatedShutdown",
  message: "Client.UserInitiatedShutdown: User initiated shutdown",
};

/**
 * Shuts an instance down; resolves when it is `terminated`. Ending one that ends already does nothing.
 * Throws `InvalidInstanceID.NotFound`.
 */
export async function terminateInstance(region: Region, instanceId: string): Promise<void> {
  const instance = findInstance(region.ec2, instanceId);
  if (!isAlive(instance)) return;
  instance.stateReason = USER_SHUTDOWN;
  changeState(region.ec2, instance, "shutting-down");
  const { host } = instance;
  try {
    await Promise.all([host?.terminate(), sleep(region.timings.deletion)]);
  } finally {
    instance.host = undefined;
    instance.terminatedAt = Date.now();
    for (const address of region.ec2.addresses.values()) {
      if (address.instanceId === instanceId) address.instanceId = undefined;
    }
    changeState(region.ec2, instance, "terminated");
  }
}

/** Boots an instance again; it stays `running`, as on AWS. Throws `InvalidInstanceID.NotFound`. */
export async function rebootInstance(region: Region, instanceId: string): Promise<void> {
  const instance = findInstance(region.ec2, instanceId);
  await instance.host?.reboot();
}
