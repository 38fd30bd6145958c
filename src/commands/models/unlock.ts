import { planned, type Work } from "./work.ts";

/** `models unlock`: breaks the lock of whoever holds it. */
export const unlock: Work = async (store, { invocation }) => {
  const { unlockModel } = await import("../../operations/models/unlock.ts");
  if (invocation.global.dryRun) return planned(store.model, ["break the lock"]);
  const holder = await unlockModel(store);
  return {
    json: { model: store.model, unlocked: holder !== undefined, holder: holder ?? null },
    lines: [
      holder === undefined
        ? `${store.model}: there was no lock`
        : `${store.model}: broke the lock of ${holder}`,
    ],
  };
};
