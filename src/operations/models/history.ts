import { HISTORY } from "../../store/scripts/list.ts";
import type { ModelStore } from "./store.ts";

/** What was done to a model in the store. */
export type HistoryAction = "push" | "use" | "rollback" | "remove" | "unlock";

export interface HistoryEntry {
  readonly at: Date;
  readonly action: HistoryAction;
  /** An id, or several with spaces between them; empty for a lock that was broken. */
  readonly version: string;
  /** Did it become the current one? */
  readonly current: boolean;
  /** Why, where nobody asked for it. */
  readonly why?: string;
  readonly pusher: { readonly user: string; readonly machine: string };
}

/** One line of the store's history file. */
export function historyLine({ at, action, version, current, why, pusher }: HistoryEntry): string {
  return JSON.stringify({
    at: at.toISOString(),
    action,
    version,
    current,
    ...(why === undefined ? {} : { why }),
    by: `${pusher.user}@${pusher.machine}`,
  });
}

/** A line of the history as it was read back. */
export interface PastEntry {
  readonly at: string;
  readonly action: string;
  readonly version: string;
  readonly current: boolean;
  readonly why?: string;
  readonly by: string;
}

/** The last things that were done to a model, oldest first. */
export async function readHistory(store: ModelStore, limit: number): Promise<readonly PastEntry[]> {
  const { host, root, model, signal } = store;
  const { stdout } = await host.run(HISTORY, [root, model, String(limit)], { signal });
  return parseHistory(stdout);
}

/** Reads a store's history file. Damaged lines are passed over. */
export function parseHistory(text: string): readonly PastEntry[] {
  return text.split("\n").flatMap((line) => {
    const entry = parseEntry(line);
    return entry === undefined ? [] : [entry];
  });
}

/**
 * The versions that were current one after the other, the present one last, as a store's history file tells. Going back
 * takes away what came after, so that going back twice goes back further.
 */
export function currentVersions(history: string): readonly string[] {
  const past: string[] = [];
  for (const { action, version, current } of parseHistory(history)) {
    if (!current) continue;
    const at = action === "rollback" ? past.lastIndexOf(version) : -1;
    if (at === -1) past.push(version);
    else past.length = at + 1;
  }
  return past;
}

function parseEntry(line: string): PastEntry | undefined {
  try {
    const entry: unknown = JSON.parse(line);
    if (typeof entry !== "object" || entry === null) return undefined;
    const word = (name: string): string => {
      const found: unknown = Reflect.get(entry, name);
      return typeof found === "string" ? found : "";
    };
    if (word("action") === "") return undefined;
    const why = word("why");
    return {
      at: word("at"),
      action: word("action"),
      version: word("version"),
      current: Reflect.get(entry, "current") === true,
      ...(why === "" ? {} : { why }),
      by: word("by"),
    };
  } catch {
    return undefined;
  }
}
