import { takeLock } from "../../store/lock.ts";
import type { ModelStore } from "./store.ts";

/** Does something to a model that no push may meet. */
export async function underLock<T>(store: ModelStore, wait: number, work: () => Promise<T>): Promise<T> {
  const { host, root, model, pusher, now, signal } = store;
  const lock = await takeLock(host, {
    root,
    model,
    signal,
    wait,
    holder: { owner: pusher.user, host: pusher.machine, since: now().toISOString() },
  });
  try {
    return await Promise.race([work(), lock.broken]);
  } finally {
    await lock.release().catch(() => undefined);
  }
}
