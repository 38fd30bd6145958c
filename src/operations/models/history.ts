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

/**
 * The versions that were current one after the other, the present one last, as a store's history file tells. Going back
 * takes away what came after, so that going back twice goes back further. Damaged lines are passed over.
 */
export function currentVersions(history: string): readonly string[] {
  const past: string[] = [];
  for (const line of history.split("\n")) {
    const entry = parseEntry(line);
    if (entry === undefined) continue;
    const at = entry.action === "rollback" ? past.lastIndexOf(entry.version) : -1;
    if (at === -1) past.push(entry.version);
    else past.length = at + 1;
  }
  return past;
}

function parseEntry(line: string): { readonly action: unknown; readonly version: string } | undefined {
  try {
    const entry: unknown = JSON.parse(line);
    if (typeof entry !== "object" || entry === null) return undefined;
    if (!("current" in entry) || entry.current !== true) return undefined;
    if (!("version" in entry) || typeof entry.version !== "string") return undefined;
    return { action: "action" in entry ? entry.action : undefined, version: entry.version };
  } catch {
    return undefined;
  }
}
