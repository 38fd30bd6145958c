import { rm } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { UserError } from "../../errors.ts";
import type { World } from "../../world.ts";
import { findSandbox, isAlive } from "./record.ts";

/** How long a sandbox may take to end its instances before it is killed. */
const PATIENCE_MS = 15_000;

/** Stops the sandbox that runs and waits until it is gone; resolves to false where none runs. */
export async function stopSandbox(world: Pick<World, "environment">): Promise<boolean> {
  const record = await findSandbox(world.environment);
  if (record === undefined) return false;
  process.kill(record.pid, "SIGTERM");
  const deadline = Date.now() + PATIENCE_MS;
  while (isAlive(record.pid)) {
    if (Date.now() > deadline + PATIENCE_MS)
      throw new UserError({
        reason: "sandbox-stuck",
        message: `The sandbox's process ${record.pid} does not end.`,
        next: [`kill -9 ${record.pid}`],
      });
    if (Date.now() > deadline) process.kill(record.pid, "SIGKILL");
    await sleep(50);
  }
  await rm(record.directory, { recursive: true, force: true });
  return true;
}
