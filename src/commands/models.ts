import type { Command } from "commander";
import type { Act } from "./act.ts";
import { addLinkOptions } from "./link-options.ts";
import { addSshOptions } from "./ssh-options.ts";
import type { EarlyWork, Work } from "./models/work.ts";

/** Opens a command's own file only when it runs: most calls need one of them. */
type Open<T = Work> = () => Promise<T>;

/** `bertops models`: the versions in the store, and which one readers get. */
export function models(program: Command, act: Act): void {
  const group = program
    .command("models")
    .description("list, switch, verify and remove the model versions in the store")
    .addHelpText("after", EXAMPLES);
  const add = (
    name: string,
    description: string,
    changes: boolean,
    open: Open,
    early?: Open<EarlyWork>,
  ): Command => {
    const command = group
      .command(name)
      .description(description)
      .option("--model <name>", "the model's name in the store (default: as bertops.yaml says)")
      .option("--root <dir>", "the store's directory (default: MOUNTPOINT/models)");
    if (changes) command.option("--wait [duration]", "wait for somebody else's lock (10m)");
    act(
      addSshOptions(command),
      async (invocation) =>
        (await import("./models/work.ts")).inStore(invocation, await open(), await early?.()),
      changes ? { changes } : {},
    );
    return command;
  };
  const look = () => import("./models/look.ts");
  const switching = () => import("./models/switch.ts");
  const removal = () => import("./models/removal.ts");
  add("list", "show the models and their versions", false, async () => (await look()).list);
  add(
    "history",
    "who pushed, switched and removed what, and when",
    false,
    async () => (await look()).history,
  ).option("--limit <n>", "how many entries, the newest ones", "50");
  for (const command of [
    add("use", "make a version current", true, async () => (await switching()).use).argument(
      "<version>",
      "its id, or the beginning or end of it",
    ),
    add(
      "rollback",
      "make the version current that was so before",
      true,
      async () => (await switching()).rollback,
    ),
  ])
    command
      .option("--no-wait", "do not wait until the service answers with the version")
      .option("--no-rollback", "keep the version current even if the service cannot load it");
  add("remove", "remove versions", true, async () => (await removal()).remove).argument(
    "<versions...>",
    "their ids",
  );
  add(
    "prune",
    "remove all but the newest versions and what is in use",
    true,
    async () => (await removal()).prune,
  ).option("--keep <n>", "how many of the newest to keep", "3");
  add(
    "verify",
    "hash versions on the host and compare them with their manifests",
    false,
    async () => (await look()).verify,
  ).argument("[versions...]", "their ids (default: all)");
  add("diff", "what makes one version another", false, async () => (await look()).diff).argument(
    "<versions...>",
    "one (against the current one) or two",
  );
  const pull = add(
    "pull",
    "fetch a version from the store, or what a directory lacks of it",
    false,
    async () => (await import("./models/pull.ts")).pull,
    async () => (await import("./models/pull.ts")).worthEarly,
  )
    .argument("<dir>", "a directory: a new one, or one that an earlier version was fetched into")
    .option("--version-id <version>", "which one (default: the current one)")
    .option("--force", "replace files in the way that were not fetched, or were changed since")
    .option("--no-cache", "read every file that is there, even if it looks unchanged since the last time");
  addLinkOptions(pull);
  add(
    "unlock",
    "break the lock of a push that died",
    true,
    async () => (await import("./models/unlock.ts")).unlock,
  );
}

const EXAMPLES = `
Examples:
  bertops models list
  bertops models use 3f2a9c1b          the end of an id is enough
  bertops models rollback
  bertops models history
  bertops models prune --keep 2 --dry-run
  bertops models pull ./copy
  bertops models list --host me@gpu-box --root /srv/models`;
