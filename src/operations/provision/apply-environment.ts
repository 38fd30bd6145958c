import { errorMessage } from "../../aws/errors.ts";
import type { Started } from "../../aws/environments.ts";
import { EXIT, UserError } from "../../errors.ts";
import { settingsFor } from "../../plan/settings.ts";
import type { EnvironmentChange, Step } from "../../plan/step.ts";
import { pause } from "../pace.ts";
import type { Walk } from "./walk.ts";
import { failureOf, follow } from "./follow.ts";

/** Creates or updates the environment and follows it to its end; a failure of it is an error. */
export async function applyEnvironment(
  step: Step<EnvironmentChange>,
  walk: Walk,
): Promise<string | undefined> {
  const since = walk.world.now();
  const started = await start(step, walk);
  const followed = await follow({ ...started, since }, walk.ports, walk.world, walk.pace);
  const failure = failureOf(followed, ["bertops events", "bertops logs", "bertops init"]);
  // Somebody else's operation that fails is no failure of ours: what comes next is planned anew.
  if (failure !== undefined && step.change.type !== "await-environment") throw failure;
  return followed.environment.status.toLowerCase();
}

async function start({ change }: Step<EnvironmentChange>, walk: Walk): Promise<Started> {
  const { environments } = walk.ports;
  const { wanted, observed } = walk.plan;
  const settings = settingsFor(wanted, walk.made);
  switch (change.type) {
    case "create-environment":
      return onceRolesAreKnown(walk, () =>
        whenReady(() =>
          environments.create({
            application: wanted.owner.application,
            name: wanted.owner.environment,
            description: "A model behind HTTP, kept by bertops.",
            platformArn: wanted.ground.platform.arn,
            versionLabel: wanted.version.label,
            settings,
            tags: wanted.tags,
          }),
        ),
      );
    case "update-environment":
      return onceRolesAreKnown(walk, () =>
        whenReady(() =>
          environments.update({
            name: wanted.owner.environment,
            versionLabel: change.versionLabel,
            platformArn: change.platformArn,
            settings: settings.filter((setting) =>
              change.differing.some(
                ({ namespace, option }) => namespace === setting.namespace && option === setting.option,
              ),
            ),
            remove: change.remove,
          }),
        ),
      );
    case "await-environment":
      return { environmentId: observed.environment?.id ?? "", requestId: undefined };
  }
}

/** IAM takes some seconds to tell the other services of a new role; until then they say that it does not exist. */
async function onceRolesAreKnown(walk: Walk, act: () => Promise<Started>): Promise<Started> {
  const begun = performance.now();
  const fresh = walk.plan.access.length > 0;
  for (;;) {
    try {
      return await act();
    } catch (error) {
      const unknown = /instance profile|service role|role.*(?:not exist|invalid)|assume/iu.test(
        errorMessage(error),
      );
      if (!fresh || !unknown || performance.now() - begun > walk.pace.consistency) throw error;
      await pause(walk.pace.poll, walk.world.signal);
    }
  }
}

/** Somebody else may work on the environment: it is busy, or it exists since we looked. */
async function whenReady(act: () => Promise<Started>): Promise<Started> {
  try {
    return await act();
  } catch (error) {
    if (!/must be ready|invalid state for this operation|already exists/iu.test(errorMessage(error)))
      throw error;
    throw new UserError({
      reason: "environment-busy",
      message: `Elastic Beanstalk works on the environment already: ${errorMessage(error)}`,
      hint: "Wait until it is Ready, then run the same command again.",
      next: ["bertops events", "bertops status"],
      exitCode: EXIT.retry,
      cause: error,
    });
  }
}
