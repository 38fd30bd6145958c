import { EXIT, UserError } from "../../errors.ts";
import { denied } from "../../store/lock.ts";
import { HISTORY } from "../../store/scripts/list.ts";
import { USE } from "../../store/scripts/publish.ts";
import { checkWritable, type Survey, surveyStore } from "../../store/survey.ts";
import { currentVersions, historyLine } from "./history.ts";
import type { ModelStore } from "./store.ts";
import { underLock } from "./under-lock.ts";

export interface UsedVersion {
  readonly version: string;
  readonly previous: string | undefined;
  /** False where it was current already. */
  readonly changed: boolean;
}

/** What the history will say of a switch. */
export interface SwitchReason {
  readonly action: "use" | "rollback";
  /** Why, where nobody asked for it. */
  readonly why?: string;
}

/** Makes a version current; its id may be shortened as long as it is the only one. */
export async function useVersion(
  store: ModelStore,
  id: string,
  wait: number,
  reason: SwitchReason = { action: "use" },
): Promise<UsedVersion> {
  const survey = await surveyModel(store);
  return switchTo(store, survey, findVersion(survey, id, store.model), reason, wait);
}

/** Makes the version current that was so before; without a history, the next older one. */
export async function rollBack(store: ModelStore, wait: number): Promise<UsedVersion> {
  const version = await versionBefore(store);
  return switchTo(store, await surveyModel(store), version, { action: "rollback" }, wait);
}

/** The version that a rollback goes to. */
export async function versionBefore(store: ModelStore): Promise<string> {
  const survey = await surveyModel(store);
  const before = await previousVersion(store, survey);
  const older = survey.versions.findLast((id) => survey.current !== undefined && id < survey.current);
  const version = before ?? older;
  if (version !== undefined) return version;
  throw new UserError({
    reason: "no-previous-version",
    message: `${store.model} has no earlier version to go back to.`,
    next: ["bertops models list"],
  });
}

/** The version that was current before the present one, as far as the history tells and the store still has it. */
export async function previousVersion(store: ModelStore, survey: Survey): Promise<string | undefined> {
  const { stdout } = await store.host.run(HISTORY, [store.root, store.model, "1000"], {
    signal: store.signal,
  });
  const past = currentVersions(stdout).filter((id) => survey.versions.includes(id));
  const now = past.lastIndexOf(survey.current ?? "");
  return past.slice(0, now === -1 ? undefined : now).findLast((id) => id !== survey.current);
}

/** Looks at a model that must be there. */
export async function surveyModel(store: ModelStore): Promise<Survey> {
  const survey = await surveyStore(store.host, store.root, store.model, store.signal);
  checkHasVersions(survey, store.model);
  return survey;
}

/** Rejects a model that has no versions. */
export function checkHasVersions(survey: Survey, model: string): void {
  if (survey.versions.length > 0) return;
  throw new UserError({
    reason: "no-model",
    message: `The store has no model ${model}.`,
    hint: "Push one, or name another with --model.",
    next: ["bertops models list", "bertops push-model DIR"],
  });
}

/** The version that an id, or its beginning or its end, means. */
export function findVersion(survey: Survey, id: string, model: string): string {
  const found = survey.versions.filter((one) => one === id || one.startsWith(id) || one.endsWith(id));
  const [version] = found;
  if (version !== undefined && found.length === 1) return version;
  throw new UserError({
    reason: found.length === 0 ? "no-version" : "ambiguous-version",
    message:
      found.length === 0
        ? `${model} has no version ${id}; it has ${survey.versions.join(", ")}.`
        : `${id} can mean ${found.join(" or ")}.`,
    next: ["bertops models list"],
    exitCode: EXIT.usage,
  });
}

async function switchTo(
  store: ModelStore,
  survey: Survey,
  version: string,
  reason: SwitchReason,
  wait: number,
): Promise<UsedVersion> {
  const previous = survey.current;
  if (previous === version) return { version, previous, changed: false };
  const { host, root, model, pusher, now, signal } = store;
  checkWritable(survey, host.label);
  await underLock(store, wait, async () => {
    const line = historyLine({ at: now(), ...reason, version, current: true, pusher });
    const { code, stderr } = await host.run(USE, [root, model, version, line], { signal });
    if (code === 5)
      throw new UserError({
        reason: "no-version",
        message: `${version} has no manifest: it was removed meanwhile, or is damaged.`,
        next: ["bertops models list"],
      });
    if (code !== 0)
      throw stderr.includes("denied") ? denied(host.label, `${root}/${model}`) : new Error(stderr);
  });
  return { version, previous, changed: true };
}
