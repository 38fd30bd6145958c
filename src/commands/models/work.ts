import type { ModelStore } from "../../operations/models/store.ts";
import type { CommandResult } from "../../result.ts";
import { checkModelName } from "../../store/layout.ts";
import type { Invocation } from "../act.ts";
import { parseDuration } from "../duration.ts";
import { textOf } from "../option-values.ts";
import { pusherOf } from "../ssh-options.ts";
import { type OpenStore, openStores, type Stores, type WorthEarly } from "../stores.ts";

/** What one command of `bertops models` does with the model that it is about. */
export type Work = (store: ModelStore, call: ModelCall) => Promise<CommandResult>;

/** How many connections such a command has log in with the first one; without it, none. */
export type EarlyWork = (invocation: Invocation) => WorthEarly;

/** A call of such a command, and everything that was opened for it. */
export interface ModelCall {
  readonly invocation: Invocation;
  readonly stores: Stores;
  readonly opened: OpenStore;
}

/** Opens the store and does the work there. */
export async function inStore(invocation: Invocation, work: Work, early?: EarlyWork): Promise<CommandResult> {
  const stores = await openStores(invocation, early === undefined ? {} : { worthEarly: early(invocation) });
  try {
    const [opened] = stores.stores;
    if (opened === undefined) throw new Error("no store was opened");
    const name = textOf(invocation.options["model"]) ?? stores.config.model.name;
    return await work(modelStore(opened, checkModelName(name), invocation), { invocation, stores, opened });
  } finally {
    stores.close();
  }
}

/** A model's place in an open store, and who is at work there. */
export function modelStore({ host, root }: OpenStore, model: string, { world }: Invocation): ModelStore {
  return { host, root, model, pusher: pusherOf(), now: world.now, signal: world.signal };
}

/** Milliseconds of `--wait`; 0 without it. */
export function lockWait(value: unknown): number {
  if (value === true) return 600_000;
  return typeof value === "string" ? parseDuration(value, "--wait") : 0;
}

/** What `--dry-run` answers. */
export function planned(model: string, steps: readonly string[]): CommandResult {
  return { json: { dryRun: true, model, steps }, lines: steps.length === 0 ? ["Nothing to do."] : steps };
}
