import type { UsedVersion } from "../../operations/models/use.ts";
import type { ModelStore } from "../../operations/models/store.ts";
import type { CommandResult } from "../../result.ts";
import { askService, describeService } from "../service-answer.ts";
import { lockWait, type ModelCall, planned, type Work } from "./work.ts";

/** `models use`: makes a version current. */
export const use: Work = async (store, call) => {
  const { findVersion, surveyModel, useVersion } = await import("../../operations/models/use.ts");
  const [id = ""] = call.invocation.args;
  if (call.invocation.global.dryRun)
    return planned(store.model, [`make ${findVersion(await surveyModel(store), id, store.model)} current`]);
  return switched(store, await useVersion(store, id, lockWait(call.invocation.options["wait"])), call);
};

/** `models rollback`: makes the version current that was so before. */
export const rollback: Work = async (store, call) => {
  const { rollBack, versionBefore } = await import("../../operations/models/use.ts");
  if (call.invocation.global.dryRun)
    return planned(store.model, [`make ${await versionBefore(store)} current`]);
  return switched(store, await rollBack(store, lockWait(call.invocation.options["wait"])), call);
};

async function switched(store: ModelStore, used: UsedVersion, call: ModelCall): Promise<CommandResult> {
  const { version, previous, changed } = used;
  const { model } = store;
  const service = await askService(store, { version, previous: changed ? previous : undefined }, call);
  return {
    json: {
      model,
      version,
      previous: previous ?? null,
      active: true,
      unchanged: !changed,
      ...(service === undefined ? {} : { service }),
    },
    lines: [
      changed
        ? `${model}: ${version} is current now${previous === undefined ? "" : ` (was ${previous})`}`
        : `${model}: ${version} was current already`,
      ...(service === undefined ? [] : describeService(service)),
    ],
  };
}
