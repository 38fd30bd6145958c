/** What was done to a model in the store. */
export type HistoryAction = "push" | "use" | "rollback" | "remove";

export interface HistoryEntry {
  readonly at: Date;
  readonly action: HistoryAction;
  readonly version: string;
  readonly pusher: { readonly user: string; readonly machine: string };
}

/** One line of the store's history file. */
export function historyLine({ at, action, version, pusher }: HistoryEntry): string {
  return JSON.stringify({ at: at.toISOString(), action, version, by: `${pusher.user}@${pusher.machine}` });
}
