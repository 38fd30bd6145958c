import { EXIT, UserError } from "../../errors.ts";
import { denied } from "../../store/lock.ts";
import { REMOVE } from "../../store/scripts/publish.ts";
import type { Survey } from "../../store/survey.ts";
import { historyLine } from "./history.ts";
import type { ModelStore } from "./store.ts";
import { underLock } from "./under-lock.ts";
import { findVersion, surveyModel } from "./use.ts";

export interface Removal {
  /** `versions/ID` and `.incoming/ID`. */
  readonly removed: readonly string[];
}

/** What would be removed: versions by id. The current one is refused. */
export function planRemove(survey: Survey, ids: readonly string[], model: string): readonly string[] {
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
    return `versions/${version}`;
  });
}

/** What would be removed: all but the newest `keep` versions and the current one, and uploads that were given up. */
export function planPrune(survey: Survey, keep: number): readonly string[] {
  const newest = new Set(keep === 0 ? [] : survey.versions.slice(-keep));
  return [
    ...survey.versions.filter((id) => id !== survey.current && !newest.has(id)).map((id) => `versions/${id}`),
    ...survey.incoming.map((id) => `.incoming/${id}`),
  ];
}

/** Removes what a plan says; `decide` sees the store under the lock. */
export async function removeVersions(
  store: ModelStore,
  wait: number,
  decide: (survey: Survey) => readonly string[],
): Promise<Removal> {
  const { host, root, model, pusher, now, signal } = store;
  return underLock(store, wait, async () => {
    const survey = await surveyModel(store);
    const doomed = decide(survey);
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
