import { EXIT, UserError } from "../../errors.ts";
import { denied } from "../../store/lock.ts";
import { REMOVE } from "../../store/scripts/publish.ts";
import { checkWritable, type Survey } from "../../store/survey.ts";
import { historyLine } from "./history.ts";
import { findReaders, type Readers } from "./readers.ts";
import type { ModelStore } from "./store.ts";
import { underLock } from "./under-lock.ts";
import { findVersion, previousVersion, surveyModel } from "./use.ts";

export interface Removal {
  /** `versions/ID` and `.incoming/ID`. */
  readonly removed: readonly string[];
}

/** What a removal must know of a store. */
export interface Removable {
  readonly survey: Survey;
  readonly readers: Readers;
  /** What was current before. */
  readonly previous: string | undefined;
}

/** What would be removed: versions by id. The current one, and one that is being read, are refused. */
export function planRemove(
  { survey, readers }: Removable,
  ids: readonly string[],
  model: string,
): readonly string[] {
  return ids.map((id) => {
    const version = findVersion(survey, id, model);
    if (version === survey.current)
      throw new UserError({
        reason: "version-in-use",
        message: `${version} is the current version of ${model}; it cannot be removed.`,
        hint: "Make another one current first.",
        next: ["bertops models rollback"],
        exitCode: EXIT.usage,
      });
    const reader = readers.get(version);
    if (reader !== undefined)
      throw new UserError({
        reason: "version-in-use",
        message: `${version} of ${model} is being read by ${reader}.`,
        hint: "Wait until that is done, then run the same command again.",
        exitCode: EXIT.retry,
      });
    return `versions/${version}`;
  });
}

/**
 * What would be removed: all but the newest `keep` versions, the current one, the one before it and those that somebody reads;
 * and uploads that were given up.
 */
export function planPrune({ survey, readers, previous }: Removable, keep: number): readonly string[] {
  const kept = new Set([
    ...(keep === 0 ? [] : survey.versions.slice(-keep)),
    ...readers.keys(),
    ...[survey.current, previous].filter((id) => id !== undefined),
  ]);
  return [
    ...survey.versions.filter((id) => !kept.has(id)).map((id) => `versions/${id}`),
    ...survey.incoming.map((id) => `.incoming/${id}`),
  ];
}

/** Looks at what can be removed; `service` tells what its instances answer with. */
export async function surveyRemovable(
  store: ModelStore,
  service?: Parameters<typeof findReaders>[1],
): Promise<Removable> {
  const survey = await surveyModel(store);
  const [readers, previous] = await Promise.all([
    findReaders(store, service),
    previousVersion(store, survey),
  ]);
  return { survey, readers, previous };
}

/** Removes what a plan says; `decide` sees the store under the lock. */
export async function removeVersions(
  store: ModelStore,
  wait: number,
  decide: (seen: Removable) => readonly string[],
  service?: Parameters<typeof findReaders>[1],
): Promise<Removal> {
  const { host, root, model, pusher, now, signal } = store;
  checkWritable(await surveyModel(store), host.label);
  return underLock(store, wait, async () => {
    const doomed = decide(await surveyRemovable(store, service));
    if (doomed.length === 0) return { removed: [] };
    const line = historyLine({
      at: now(),
      action: "remove",
      version: doomed.join(" "),
      current: false,
      pusher,
    });
    const { code, stdout, stderr } = await host.run(REMOVE, [root, model, line], {
      stdin: doomed.map((what) => `${what}\n`).join(""),
      timeout: 600_000,
      signal,
    });
    if (code === 4) throw denied(host.label, `${root}/${model}`);
    if (code !== 0) throw new Error(stderr || `exit code ${code}`);
    return {
      removed: stdout
        .split("\n")
        .filter((text) => text.startsWith("removed "))
        .map((text) => text.slice("removed ".length)),
    };
  });
}
