import path from "node:path";
import type { Command } from "commander";
import { EXIT } from "../errors.ts";
import type { ListedModel } from "../operations/models/list.ts";
import type { ModelStore } from "../operations/models/store.ts";
import type { CommandResult } from "../result.ts";
import type { Dial } from "../store/host.ts";
import type { Survey } from "../store/survey.ts";
import type { Act, Invocation } from "./act.ts";
import { parseDuration } from "./duration.ts";
import { megabytes } from "./push-model.ts";
import { countOf, textOf } from "./option-values.ts";
import { addSshOptions, pusherOf } from "./ssh-options.ts";
import { openStores, type Stores } from "./stores.ts";

/** `bertops models`: the versions in the store, and which one readers get. */
export function models(program: Command, act: Act): void {
  const group = program
    .command("models")
    .description("list, switch, verify and remove the model versions in the store")
    .addHelpText("after", EXAMPLES);
  const add = (name: string, description: string, changes: boolean, work: Work): Command => {
    const command = group
      .command(name)
      .description(description)
      .option("--model <name>", "the model's name in the store (default: as bertops.yaml says)")
      .option("--root <dir>", "the store's directory (default: MOUNTPOINT/models)");
    if (changes) command.option("--wait [duration]", "wait for somebody else's lock (10m)");
    act(addSshOptions(command), (invocation) => inStore(invocation, work), changes ? { changes } : {});
    return command;
  };
  add("list", "show the models and their versions", false, list);
  add("use", "make a version current", true, use).argument("<version>", "its id, or the end of it");
  add("rollback", "make the version current that was so before", true, rollback);
  add("remove", "remove versions", true, remove).argument("<versions...>", "their ids");
  add("prune", "remove all but the newest versions and the current one", true, prune).option(
    "--keep <n>",
    "how many to keep",
    "3",
  );
  add("verify", "hash versions on the host and compare them with their manifests", false, verify).argument(
    "[versions...]",
    "their ids (default: all)",
  );
  add("diff", "what makes one version another", false, diff).argument(
    "<versions...>",
    "one (against the current one) or two",
  );
  add("pull", "fetch a version from the store", false, pull)
    .argument("<dir>", "a directory that does not exist yet")
    .option("--version-id <version>", "which one (default: the current one)");
  add("unlock", "break the lock of a push that died", true, unlock);
}

const EXAMPLES = `
Examples:
  bertops models list
  bertops models use 3f2a9c1b          the end of an id is enough
  bertops models rollback
  bertops models prune --keep 2 --dry-run
  bertops models pull ./copy
  bertops models list --host me@gpu-box --root /srv/models`;

type Work = (store: ModelStore, invocation: Invocation, dial: Dial) => Promise<CommandResult>;

async function inStore(invocation: Invocation, work: Work): Promise<CommandResult> {
  const stores = await openStores(invocation);
  try {
    const [store] = stores.stores;
    if (store === undefined) throw new Error("no store was opened");
    const { checkModelName } = await import("../store/layout.ts");
    const { world } = invocation;
    return await work(
      {
        host: store.host,
        root: store.root,
        model: checkModelName(modelName(stores, invocation)),
        pusher: pusherOf(),
        now: world.now,
        signal: world.signal,
      },
      invocation,
      store.dial,
    );
  } finally {
    stores.close();
  }
}

function modelName({ config }: Stores, { options }: Invocation): string {
  return textOf(options["model"]) ?? config.model.name;
}

function waitOf({ options }: Invocation): number {
  const { wait } = options;
  if (wait === true) return 600_000;
  return typeof wait === "string" ? parseDuration(wait, "--wait") : 0;
}

const list: Work = async (store, invocation) => {
  const { listModels } = await import("../operations/models/list.ts");
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

const use: Work = async (store, invocation) => {
  const { useVersion } = await import("../operations/models/use.ts");
  const [id = ""] = invocation.args;
  if (invocation.global.dryRun) return planned(store.model, [`make ${id} current`]);
  return switched(store.model, await useVersion(store, id, waitOf(invocation)));
};

const rollback: Work = async (store, invocation) => {
  const { rollBack } = await import("../operations/models/use.ts");
  if (invocation.global.dryRun) return planned(store.model, ["make the version before this one current"]);
  return switched(store.model, await rollBack(store, waitOf(invocation)));
};

function switched(
  model: string,
  { version, previous, changed }: { version: string; previous: string | undefined; changed: boolean },
): CommandResult {
  return {
    json: { model, version, previous: previous ?? null, active: true, unchanged: !changed },
    lines: [
      changed
        ? `${model}: ${version} is current now${previous === undefined ? "" : ` (was ${previous})`}`
        : `${model}: ${version} was current already`,
    ],
  };
}

const remove: Work = async (store, invocation) => {
  const { planRemove } = await import("../operations/models/remove.ts");
  return removal(store, invocation, (survey) => planRemove(survey, invocation.args, store.model));
};

const prune: Work = async (store, invocation) => {
  const { planPrune } = await import("../operations/models/remove.ts");
  const keep = countOf(invocation.options["keep"], "--keep", 0) ?? 3;
  return removal(store, invocation, (survey) => planPrune(survey, keep));
};

async function removal(
  store: ModelStore,
  invocation: Invocation,
  decide: (survey: Survey) => readonly string[],
): Promise<CommandResult> {
  const [{ removeVersions }, { surveyModel }] = await Promise.all([
    import("../operations/models/remove.ts"),
    import("../operations/models/use.ts"),
  ]);
  const doomed = decide(await surveyModel(store));
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
  const { removed } = await removeVersions(store, waitOf(invocation), decide);
  return {
    json: { model: store.model, removed },
    lines:
      removed.length === 0 ? [`${store.model}: nothing to remove`] : removed.map((what) => `removed ${what}`),
  };
}

const verify: Work = async (store, invocation) => {
  const { verifyVersions } = await import("../operations/models/verify.ts");
  const versions = await verifyVersions(store, invocation.args);
  return {
    json: { model: store.model, versions },
    lines: versions.map(({ id, ok, damaged }) => `${id}  ${ok ? "ok" : `DAMAGED: ${damaged.join(", ")}`}`),
    exitCode: versions.every(({ ok }) => ok) ? EXIT.done : EXIT.fault,
  };
};

const diff: Work = async (store, invocation) => {
  const { diffVersions } = await import("../operations/models/diff.ts");
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

const pull: Work = async (store, { args, options, world }, dial) => {
  const { pullVersion } = await import("../operations/models/pull.ts");
  const version = textOf(options["versionId"]);
  const pulled = await pullVersion(store, {
    directory: path.resolve(world.cwd, args[0] ?? ""),
    dial,
    emit: world.emit,
    ...(version === undefined ? {} : { version }),
  });
  const { directory, files, bytes, seconds } = pulled;
  return {
    json: { model: store.model, ...pulled, verified: true },
    lines: [
      `${store.model}: ${pulled.version}, ${files} files, ${megabytes(bytes)}, verified, in ${directory} (${seconds} s)`,
    ],
  };
};

const unlock: Work = async (store, invocation) => {
  const { breakLock } = await import("../store/lock.ts");
  if (invocation.global.dryRun) return planned(store.model, ["break the lock"]);
  const holder = await breakLock(store.host, store.root, store.model);
  return {
    json: { model: store.model, unlocked: holder !== undefined, holder: holder ?? null },
    lines: [
      holder === undefined
        ? `${store.model}: there was no lock`
        : `${store.model}: broke the lock of ${holder}`,
    ],
  };
};

function planned(model: string, steps: readonly string[]): CommandResult {
  return { json: { dryRun: true, model, steps }, lines: steps.length === 0 ? ["Nothing to do."] : steps };
}
