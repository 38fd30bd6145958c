/** What was done to a model in the store. */
export type HistoryAction = "push" | "use" | "rollback" | "remove";

export interface HistoryEntry {
  readonly at: Date;
  readonly action: HistoryAction;
  readonly version: string;
  /** Did it become the current one? */
  readonly current: boolean;
  readonly pusher: { readonly user: string; readonly machine: string };
}

/** One line of the store's history file. */
export function historyLine({ at, action, version, current, pusher }: HistoryEntry): string {
  return JSON.stringify({
    at: at.toISOString(),
    action,
    version,
    current,
    by: `${pusher.user}@${pusher.machine}`,
  });
}

/** The versions that were current, the latest first, as a store's history file tells. Damaged lines are passed over. */
export function currentVersions(history: string): readonly string[] {
  return history
    .split("\n")
    .flatMap((line) => {
      try {
        const entry: unknown = JSON.parse(line);
        const is =
          typeof entry === "object" &&
          entry !== null &&
          "current" in entry &&
          "version" in entry &&
          entry.current === true;
        return is && typeof entry.version === "string" ? [entry.version] : [];
      } catch {
        return [];
      }
    })
    .toReversed();
}
