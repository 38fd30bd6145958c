import { EXIT } from "../../errors.ts";
import type { ListedModel } from "../../operations/models/list.ts";
import { megabytes } from "../push-model.ts";
import { countOf, textOf } from "../option-values.ts";
import type { Work } from "./work.ts";

/** `models list`: the models of a store and their versions. */
export const list: Work = async (store, { invocation }) => {
  const { listModels } = await import("../../operations/models/list.ts");
  // Without a name all of them: a store can hold more than this environment serves.
  const named = textOf(invocation.options["model"]);
  const found = await listModels(store.host, store.root, named, store.signal);
  return {
    json: { models: found },
    lines:
      found.length === 0
        ? [`The store at ${store.root} is empty. Next: bertops push-model DIR`]
        : found.flatMap(describe),
  };
};

function describe({ name, versions, incoming, lockedBy }: ListedModel): readonly string[] {
  return [
    name,
    ...versions.map(
      ({ id, active, bytes, files, pushedAt, pushedBy }) =>
        `  ${active ? "*" : " "} ${id}  ${megabytes(bytes).padStart(9)}  ${files} files  ${pushedAt}  ${pushedBy}`,
    ),
    ...incoming.map(
      (id) => `    ${id}  not finished: the same push continues it, bertops models prune removes it`,
    ),
    ...(lockedBy === undefined ? [] : [`    locked by ${lockedBy}`]),
  ];
}

/** `models history`: who pushed, switched and removed what, and when. */
export const history: Work = async (store, { invocation }) => {
  const { readHistory } = await import("../../operations/models/history.ts");
  const { surveyModel } = await import("../../operations/models/use.ts");
  const limit = countOf(invocation.options["limit"], "--limit", 1) ?? 50;
  await surveyModel(store);
  const entries = await readHistory(store, limit);
  return {
    json: { model: store.model, history: entries },
    lines:
      entries.length === 0
        ? [`${store.model}: nothing was written down yet`]
        : entries.map(({ at, action, version, current, why, by }) =>
            [
              `${at}  ${action.padEnd(8)} ${version === "" ? "-" : version}`,
              action === "push" && !current ? "  (not made current)" : "",
              why === undefined ? "" : `  (${why})`,
              `  ${by}`,
            ].join(""),
          ),
  };
};

/** `models verify`: compares what is on the disk with the manifests. */
export const verify: Work = async (store, { invocation }) => {
  const { verifyVersions } = await import("../../operations/models/verify.ts");
  const versions = await verifyVersions(store, invocation.args);
  return {
    json: { model: store.model, versions },
    lines: versions.map(({ id, ok, damaged }) => `${id}  ${ok ? "ok" : `DAMAGED: ${damaged.join(", ")}`}`),
    exitCode: versions.every(({ ok }) => ok) ? EXIT.done : EXIT.fault,
  };
};

/** `models diff`: what makes one version another. */
export const diff: Work = async (store, { invocation }) => {
  const { diffVersions } = await import("../../operations/models/diff.ts");
  const [one = "", other] = invocation.args;
  const { from, to, files } = await diffVersions(store, one, other);
  return {
    json: { model: store.model, from, to, files },
    lines: [
      `${from} -> ${to}: ${files.length === 0 ? "the same" : ""}`.trimEnd(),
      ...files.map(({ path: name, change, bytes, newBytes, from: old }) =>
        [
          `  ${change.padEnd(7)} ${name}`,
          old === undefined ? "" : ` (was ${old})`,
          change === "removed" ? "" : `  ${megabytes(bytes)}, ${megabytes(newBytes)} new`,
        ].join(""),
      ),
    ],
  };
};
