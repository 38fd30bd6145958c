import type { Region } from "../../region.ts";
import type { Environment } from "../environment.ts";
import type { BundleContents } from "../instance/read-bundle.ts";
import { numberOf, type Settings } from "../options/settings.ts";
import type { PlatformVersion } from "../platforms.ts";
import { tell } from "../record-event.ts";
import { attachElasticIp } from "./attach-elastic-ip.ts";
import { beginOperation } from "./begin-operation.ts";
import { currentOrder } from "./current-order.ts";
import { deployToMembers } from "./deploy-to-member.ts";
import { checkedSettings, openVersion } from "./deployment-target.ts";
import { LaunchFailure } from "./launch-member.ts";
import { planUpdate, type UpdatePlan } from "./plan-update.ts";
import {
  replaceInstances,
  rollOutAtOnce,
  rollOutImmutably,
  rollOutInBatches,
  rollOutWithAdditionalBatch,
} from "./roll-out.ts";
import type { UpdateRun } from "./update-run.ts";

/** What an environment shall be. */
export interface WantedEnvironment {
  readonly versionLabel: string | undefined;
  /** The version was named: it is deployed, also where it is the one that runs. */
  readonly deploys: boolean;
  readonly platform: PlatformVersion;
  readonly given: Settings;
}

/** What it was before, to go back to. */
interface Before {
  readonly given: Settings;
  readonly settings: Settings;
  readonly platform: PlatformVersion;
  readonly desired: number;
}

function rollOut(run: UpdateRun): Promise<boolean> {
  const { plan } = run;
  if (plan.instances === "none") {
    return Promise.resolve(true);
  }
  switch (plan.method) {
    case "immutable":
      return rollOutImmutably(run);
    case "additional-batch":
      return rollOutWithAdditionalBatch(run);
    case "rolling":
      return plan.instances === "replace" ? replaceInstances(run) : rollOutInBatches(run);
    case "all-at-once":
      return plan.instances === "replace" ? replaceInstances(run) : rollOutAtOnce(run);
  }
}

/** The number of instances that the settings admit, as near to the present one as they do. */
function desiredWithin(settings: Settings, present: number): number {
  const least = numberOf(settings, "aws:autoscaling:asg", "MinSize", 1);
  const most = numberOf(settings, "aws:autoscaling:asg", "MaxSize", 4);
  return Math.min(most, Math.max(least, present));
}

function restore(environment: Environment, before: Before): void {
  environment.given = before.given;
  environment.settings = before.settings;
  environment.platform = before.platform;
  environment.desired = before.desired;
}

/** Brings instances that an aborted update had reached back to what they are expected to run. */
async function rollBack(region: Region, environment: Environment, before: Before): Promise<void> {
  restore(environment, before);
  tell(
    region,
    environment,
    "Environment update was aborted. Rolling back to the previous version and configuration.",
  );
  const order = await currentOrder(region, environment, region.beanstalk.work.signal);
  const reached = [...environment.members.values()].filter(
    (member) => member.deployment?.id !== environment.deploymentId || member.deployment.status !== "Deployed",
  );
  await deployToMembers(region, environment, reached, order);
  for (const member of environment.members.values()) {
    member.registered = true;
  }
  tell(region, environment, "Update environment operation was aborted.", "WARN");
}

function tellFailure(region: Region, environment: Environment, plan: UpdatePlan): void {
  if (plan.instances === "deploy") {
    tell(region, environment, "Failed to deploy application.", "ERROR");
    return;
  }
  tell(region, environment, "Failed to deploy configuration.", "ERROR");
  const reverted = "The environment was reverted to the previous configuration setting.";
  tell(region, environment, reverted);
}

function tellSuccess(region: Region, environment: Environment, plan: UpdatePlan): void {
  if (plan.instances === "deploy") {
    tell(region, environment, "New application version was deployed to running EC2 instances.");
  } else {
    tell(region, environment, "Successfully deployed new configuration to environment.");
  }
  tell(region, environment, "Environment update completed successfully.");
}

async function carryOut(run: UpdateRun, wanted: WantedEnvironment): Promise<boolean> {
  const { region, environment, plan } = run;
  const message =
    plan.instances === "deploy"
      ? "Deploying new version to instance(s)."
      : `Updating environment ${environment.name}'s configuration settings.`;
  tell(region, environment, message);
  environment.desired = desiredWithin(environment.settings, environment.desired);
  const before = environment.versionLabel;
  const beforeId = environment.deploymentId;
  if (plan.instances === "replace" || plan.method === "immutable") {
    // New instances come up with what is wanted, so that is what they are expected to run.
    environment.versionLabel = wanted.versionLabel;
    environment.deploymentId = run.order.deploymentId;
  }
  try {
    const good = await rollOut(run);
    environment.versionLabel = good ? wanted.versionLabel : before;
    environment.deploymentId = good ? run.order.deploymentId : beforeId;
    return good;
  } catch (cause) {
    environment.versionLabel = before;
    environment.deploymentId = beforeId;
    throw cause;
  }
}

async function prepareRun(
  region: Region,
  environment: Environment,
  { wanted, signal }: { readonly wanted: WantedEnvironment; readonly signal: AbortSignal },
): Promise<UpdateRun> {
  let bundle: BundleContents;
  let settings: Settings;
  try {
    bundle = await openVersion(region, environment, wanted.versionLabel);
    const { given } = wanted;
    settings = checkedSettings(region, environment, { bundle, given, present: environment.settings });
  } catch (cause) {
    throw new LaunchFailure(cause instanceof Error ? cause.message : String(cause), { cause });
  }
  const plan = planUpdate({
    before: environment.settings,
    after: settings,
    deploys: wanted.deploys,
    platformChanges: wanted.platform !== environment.platform,
    count: environment.members.size,
  });
  environment.settings = settings;
  environment.given = wanted.given;
  environment.platform = wanted.platform;
  return {
    region,
    environment,
    plan,
    signal,
    order: {
      kind: plan.instances === "properties" ? "configuration" : "application",
      bundle,
      versionLabel: wanted.versionLabel,
      deploymentId: environment.deploymentId + (plan.instances === "none" ? 0 : 1),
      signal,
    },
  };
}

async function update(
  region: Region,
  environment: Environment,
  { wanted, signal }: { readonly wanted: WantedEnvironment; readonly signal: AbortSignal },
): Promise<void> {
  const { given, settings, platform, desired } = environment;
  const before: Before = { given, settings, platform, desired };
  let plan: UpdatePlan = { instances: "deploy", method: "all-at-once", batch: 1, resize: false };
  try {
    const run = await prepareRun(region, environment, { wanted, signal });
    ({ plan } = run);
    if (await carryOut(run, wanted)) {
      if (plan.instances === "replace" || plan.method === "immutable") {
        attachElasticIp(region, environment, environment.members.values().next().value);
      }
      tellSuccess(region, environment, plan);
      return;
    }
    if (plan.instances !== "deploy") {
      restore(environment, before);
    }
    tellFailure(region, environment, plan);
  } catch (cause) {
    region.beanstalk.work.check();
    if (environment.status !== "Updating" && environment.status !== "Aborting") {
      // Terminated by force meanwhile: nothing is left to go back to.
      return;
    }
    if (signal.aborted) {
      await rollBack(region, environment, before);
      return;
    }
    if (!(cause instanceof LaunchFailure)) {
      throw cause;
    }
    restore(environment, before);
    tell(region, environment, cause.message, "ERROR");
    tellFailure(region, environment, plan);
  }
}

/** Brings an environment to another version, platform or configuration, in the background. */
export function beginUpdate(
  region: Region,
  environment: Environment,
  { wanted, requestId }: { readonly wanted: WantedEnvironment; readonly requestId: string },
): void {
  const message = "Environment update is starting.";
  beginOperation(region, environment, { requestId, status: "Updating", abortable: true, message }, (signal) =>
    update(region, environment, { wanted, signal }),
  );
}
