import { breakLock } from "../../store/lock.ts";
import { NOTE } from "../../store/scripts/publish.ts";
import { historyLine } from "./history.ts";
import type { ModelStore } from "./store.ts";

/** Breaks the lock of a model and writes down who did; undefined where there was none. */
export async function unlockModel(store: ModelStore): Promise<string | undefined> {
  const { host, root, model, pusher, now, signal } = store;
  const holder = await breakLock(host, root, model);
  if (holder === undefined) return undefined;
  const why = `held by ${holder}`;
  const line = historyLine({ at: now(), action: "unlock", version: "", current: false, why, pusher });
  await host.run(NOTE, [root, model, line], { signal });
  return holder;
}
