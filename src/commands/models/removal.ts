import { EXIT } from "../../errors.ts";
import type { Removable } from "../../operations/models/remove.ts";
import type { ModelStore } from "../../operations/models/store.ts";
import type { CommandResult } from "../../result.ts";
import { openService } from "../service-answer.ts";
import { countOf } from "../option-values.ts";
import { lockWait, type ModelCall, planned, type Work } from "./work.ts";

/** `models remove`: removes versions by id. */
export const remove: Work = async (store, call) => {
  const { planRemove } = await import("../../operations/models/remove.ts");
  return removal(store, call, (seen) => planRemove(seen, call.invocation.args, store.model));
};

/** `models prune`: removes what is neither new nor in use. */
export const prune: Work = async (store, call) => {
  const { planPrune } = await import("../../operations/models/remove.ts");
  const keep = countOf(call.invocation.options["keep"], "--keep", 0) ?? 3;
  return removal(store, call, (seen) => planPrune(seen, keep));
};

async function removal(
  store: ModelStore,
  call: ModelCall,
  decide: (seen: Removable) => readonly string[],
): Promise<CommandResult> {
  const { invocation } = call;
  const { removeVersions, surveyRemovable } = await import("../../operations/models/remove.ts");
  const service = await openService(store, call);
  const doomed = decide(await surveyRemovable(store, service));
  if (invocation.global.dryRun)
    return planned(
      store.model,
      doomed.map((what) => `remove ${what}`),
    );
  if (doomed.length > 0) {
    const { ask } = invocation.world;
    const message = `Remove ${doomed.join(", ")} of ${store.model}?`;
    if (!(await ask.confirm({ message, flag: "--yes" })))
      return {
        json: { model: store.model, removed: [] },
        lines: ["Nothing was removed."],
        exitCode: EXIT.cancelled,
      };
  }
  const wait = lockWait(invocation.options["wait"]);
  const { removed } = await removeVersions(store, wait, decide, service);
  return {
    json: { model: store.model, removed },
    lines:
      removed.length === 0 ? [`${store.model}: nothing to remove`] : removed.map((what) => `removed ${what}`),
  };
}
