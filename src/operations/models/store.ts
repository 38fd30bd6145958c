import type { StoreHost } from "../../store/host.ts";
import type { Pusher } from "../push/push.ts";

/** A model's place in a store, and who is at work there. */
export interface ModelStore {
  readonly host: StoreHost;
  readonly root: string;
  readonly model: string;
  readonly pusher: Pusher;
  readonly now: () => Date;
  readonly signal: AbortSignal;
}
