import type { Environment } from "../../aws/environments.ts";
import type { Config } from "../../config/config.ts";
import { EXIT, UserError } from "../../errors.ts";
import { refuseCollisions } from "../../plan/collisions.ts";
import type { Ground } from "../../plan/ground.ts";
import { makePlan, type Plan, stepsOf } from "../../plan/plan.ts";
import { want } from "../../plan/wanted.ts";
import type { World } from "../../world.ts";
import { type Bundle, INCOMPLETE_LABEL, makeBundle } from "../bundle/bundle.ts";
import { targetOf } from "../bundle/target.ts";
import { type Pace, paceOf } from "../pace.ts";
import { apply } from "./apply.ts";
import { settle } from "./follow.ts";
import { interruptible } from "./interruption.ts";
import { observe } from "./observe.ts";
import type { ProvisionPorts } from "./ports.ts";
import { survey } from "./survey.ts";
import { beginWalk } from "./walk.ts";

/** A plan, with the bundle that it speaks of. */
export interface Prepared {
  readonly config: Config;
  readonly plan: Plan;
  /** Absent where a version is deployed that exists already. */
  readonly bundle: Bundle | undefined;
}

export interface PrepareOptions {
  /** Install packages that the bundle needs; without it such a bundle stays incomplete. */
  readonly install: boolean;
  /** Let the caller's own address in by SSH, where bertops.yaml says `caller`. */
  readonly admitCaller: boolean;
  /** Deploy this version instead of what is on disk. */
  readonly version?: string | undefined;
}

/** Looks at account, region and resources, and plans. Changes nothing in AWS. */
export async function prepare(
  config: Config,
  options: PrepareOptions,
  ports: ProvisionPorts,
  world: World,
): Promise<Prepared> {
  const surveyed = await survey(config, ports, world.emit, options);
  const bundle =
    options.version === undefined
      ? await makeBundle(
          { app: config.service.directory, target: targetOf(surveyed), install: options.install },
          world,
        )
      : undefined;
  const wanted = want(config, surveyed, {
    label: bundle?.label ?? options.version ?? "",
    description:
      bundle === undefined
        ? ""
        : `${bundle.entries.length} files, ${(bundle.bytes / 1e6).toFixed(1)} MB before compression`,
    bundled: bundle !== undefined,
  });
  return { config, plan: makePlan(wanted, await observe(wanted, ports)), bundle };
}

/** Refuses a name that is taken while nothing of the project is written yet; `next` is how to go on under another. */
export async function refuseTakenName(config: Config, next: string, ports: ProvisionPorts): Promise<void> {
  let ground: Ground;
  try {
    ground = await survey(config, ports, () => undefined, { admitCaller: false });
  } catch (error) {
    // What account and region lack is set right in bertops.yaml: it has to be written first, then the same is told.
    if (error instanceof UserError && error.exitCode === EXIT.usage) return;
    throw error;
  }
  const wanted = want(config, ground, { label: INCOMPLETE_LABEL, description: "", bundled: true });
  refuseCollisions(wanted, await observe(wanted, ports), next);
}

/** What carrying out a plan came to. */
export interface Provisioned {
  readonly environment: Environment;
  /** False: everything was as it should be. */
  readonly changed: boolean;
}

/**
 * Carries out a plan and sees the environment healthy. Where something was under way already, it is awaited and the
 * plan made again.
 */
export async function provision(
  prepared: Prepared,
  ports: ProvisionPorts,
  world: World,
  pace: Pace = paceOf(ports.local),
): Promise<Provisioned> {
  const { environment: name } = prepared.plan.wanted.owner;
  return interruptible(
    world.signal,
    {
      goesOn: `What was begun in AWS goes on without bertops: Elastic Beanstalk finishes launching or updating ${name} by itself.`,
      next: ["bertops status", "bertops events", "bertops init"],
    },
    async () => {
      let { plan } = prepared;
      let changed = stepsOf(plan).length > 0;
      for (let round = 0; stepsOf(plan).length > 0 && round < 3; round++) {
        await apply(beginWalk({ plan, bundle: prepared.bundle, ports, world, pace }));
        const awaited = plan.environment.some(({ action }) => action === "wait");
        if (!awaited) break;
        plan = makePlan(plan.wanted, await observe(plan.wanted, ports));
        changed = true;
      }
      const environment = await ports.environments.find(name);
      if (environment === undefined) throw new Error(`${name} is not there after it was made`);
      return { environment: await settle(environment, ports, world, pace), changed };
    },
  );
}
