import type { Config } from "../../config/config.ts";
import { EXIT, UserError } from "../../errors.ts";
import { describeSteps } from "../../plan/describe.ts";
import { type Kept, planTeardown, type Teardown } from "../../plan/teardown.ts";
import type { CommandResult } from "../../result.ts";
import type { World } from "../../world.ts";
import { paceOf } from "../pace.ts";
import { interruptible } from "../provision/interruption.ts";
import type { DestroyPorts } from "./ports.ts";
import { findRemains } from "./remains.ts";
import { remove } from "./remove.ts";

export interface DestroyOptions {
  /** Delete the file system and the models on it, too. */
  readonly deleteData: boolean;
  /** The environment's name, as proof that the data of this one is meant. */
  readonly confirm: string | undefined;
  readonly dryRun: boolean;
}

/** Removes what bertops made for an environment; the models stay unless told otherwise. */
export async function destroy(
  config: Config,
  options: DestroyOptions,
  ports: DestroyPorts,
  world: World,
): Promise<CommandResult> {
  const name = config.environmentName;
  refuseWrongName(name, options);
  const remains = await findRemains(config, ports);
  const teardown = planTeardown(remains, options);
  if (options.dryRun) return answer(teardown, name, { dryRun: true });
  if (teardown.removals.length === 0) return answer(teardown, name, {});
  await agree(teardown, name, options, world);
  const site = {
    application: config.name,
    bucket: remains.bucket,
    ports,
    world,
    pace: paceOf(ports.local),
  };
  await interruptible(
    world.signal,
    {
      goesOn: `Elastic Beanstalk goes on terminating ${name} if it had begun; the rest stays.`,
      next: ["bertops destroy", "bertops status"],
    },
    async () => {
      for (const removal of teardown.removals) {
        world.signal.throwIfAborted();
        const step = {
          type: "step",
          id: `${removal.resource}:${removal.name}`,
          label: `delete ${removal.resource} ${removal.name}`,
        } as const;
        world.emit({ ...step, state: "started" });
        try {
          await remove(removal, site);
        } catch (error) {
          world.emit({ ...step, state: "failed" });
          throw error;
        }
        world.emit({ ...step, state: "done" });
      }
    },
  );
  return answer(teardown, name, {});
}

function refuseWrongName(name: string, { deleteData, confirm }: DestroyOptions): void {
  if (confirm === undefined || confirm === name) return;
  throw new UserError({
    reason: "wrong-name",
    message: `--confirm says ${confirm}, but the environment is ${name}. Nothing was deleted.`,
    hint: `To delete ${name}${deleteData ? " and its models" : ""}: --confirm ${name}`,
    exitCode: EXIT.usage,
  });
}

async function agree(
  { removals, kept }: Teardown,
  name: string,
  options: DestroyOptions,
  world: World,
): Promise<void> {
  for (const message of [`What goes with ${name}:`, ...describeSteps(removals), ...keptLines(kept)])
    world.emit({ type: "note", message });
  const losesData = removals.some(({ target }) => target.type === "file-system");
  // Models cannot be brought back, so `--yes` alone does not answer for them.
  const agreed = losesData
    ? options.confirm === name ||
      (await world.ask.typed({
        message: `This deletes the models, too. Type the name of the environment (${name}) to go on:`,
        expected: name,
        flag: `--confirm ${name}`,
      }))
    : options.confirm === name ||
      (await world.ask.confirm({ message: "Delete all of this?", flag: "--yes" }));
  if (agreed) return;
  throw new UserError({ reason: "cancelled", message: "Nothing was deleted.", exitCode: EXIT.cancelled });
}

function answer(
  { removals, kept }: Teardown,
  name: string,
  { dryRun = false }: { readonly dryRun?: boolean },
): CommandResult {
  const steps = removals.map(({ resource, name: what, action, detail }) => ({
    resource,
    name: what,
    action,
    detail,
  }));
  const nothing = removals.length === 0;
  const said = dryRun
    ? nothing
      ? [`Nothing of ${name} is left to delete.`]
      : [`Would delete:`, ...describeSteps(removals)]
    : [nothing ? `Nothing of ${name} is left to delete.` : `${name} is gone.`];
  return {
    json: {
      environment: { name },
      ...(dryRun ? { dryRun, steps } : { deleted: steps, changed: !nothing }),
      kept,
    },
    lines: [...said, ...keptLines(kept), ...dataHint(kept, name)],
  };
}

function keptLines(kept: readonly Kept[]): readonly string[] {
  return kept.map(({ resource, name, detail }) => `  stays: ${resource} ${name} (${detail})`);
}

function dataHint(kept: readonly Kept[], name: string): readonly string[] {
  if (!kept.some(({ resource }) => resource === "file system")) return [];
  return [`To delete the models as well:  bertops destroy --delete-data --confirm ${name}`];
}
