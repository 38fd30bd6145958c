import type { Region } from "../../region.ts";
import type { Environment } from "../environment.ts";
import { watchHealth } from "../health/watch-health.ts";
import { numberOf, settingOf } from "../options/settings.ts";
import { tell } from "../record-event.ts";
import { addMembers, type AddedMembers } from "./add-members.ts";
import { attachElasticIp } from "./attach-elastic-ip.ts";
import { awaitHealth } from "./await-health.ts";
import { beginOperation } from "./begin-operation.ts";
import { createResources } from "./create-resources.ts";
import { tellSummary, type DeploymentOrder } from "./deploy-to-member.ts";
import { checkedSettings, openVersion } from "./deployment-target.ts";
import { findInstanceProfile } from "./find-instance-profile.ts";
import { LaunchFailure } from "./launch-member.ts";
import { watchInstances } from "./reconcile.ts";
import { serveEnvironment } from "./serve-environment.ts";

/** The instance profile has to exist before an instance can have it: Beanstalk finds out during the launch. */
function checkProfile(region: Region, environment: Environment): void {
  const launch = "aws:autoscaling:launchconfiguration";
  const named = settingOf(environment.settings, launch, "IamInstanceProfile") ?? "";
  if (named === "") {
    throw new LaunchFailure("Environment must have instance profile associated with it.");
  }
  if (findInstanceProfile(region, environment.settings) === undefined) {
    throw new LaunchFailure(`The instance profile ${named} associated with the environment does not exist.`);
  }
}

async function prepare(
  region: Region,
  environment: Environment,
  signal: AbortSignal,
): Promise<DeploymentOrder> {
  try {
    const bundle = await openVersion(region, environment, environment.versionLabel);
    environment.settings = checkedSettings(region, environment, { bundle, given: environment.given });
    return {
      kind: "application",
      bundle,
      versionLabel: environment.versionLabel,
      deploymentId: environment.deploymentId,
      signal,
    };
  } catch (cause) {
    throw new LaunchFailure(cause instanceof Error ? cause.message : String(cause), { cause });
  }
}

async function fillGroup(
  region: Region,
  environment: Environment,
  order: DeploymentOrder,
): Promise<AddedMembers> {
  checkProfile(region, environment);
  environment.desired = numberOf(environment.settings, "aws:autoscaling:asg", "MinSize", 1);
  tell(region, environment, "Waiting for EC2 instances to launch. This may take a few minutes.");
  const added = await addMembers(region, environment, { count: environment.desired, order });
  attachElasticIp(region, environment, added.members[0]);
  return added;
}

async function finish(
  region: Region,
  environment: Environment,
  { added: { members, failed }, signal }: { readonly added: AddedMembers; readonly signal: AbortSignal },
): Promise<void> {
  environment.endpointUrl = environment.cname;
  const application = `Application available at ${environment.cname}.`;
  if (!tellSummary(region, environment, members, failed)) {
    const message =
      "Create environment operation is complete, but with errors. For more information, see troubleshooting documentation.";
    tell(region, environment, message, "ERROR");
    return;
  }
  const unhealthy = await awaitHealth(region, environment, { members, signal });
  tell(region, environment, application);
  if (unhealthy.length === 0) {
    tell(region, environment, `Successfully launched environment: ${environment.name}`);
    return;
  }
  const message = `Launched environment: ${environment.name}. However, there were issues during launch. See event log for details.`;
  tell(region, environment, message, "WARN");
}

/** Creates resources and instances, deploys and waits for health; failures become events. */
export async function buildEnvironment(
  region: Region,
  environment: Environment,
  signal: AbortSignal,
): Promise<void> {
  try {
    const order = await prepare(region, environment, signal);
    await createResources(region, environment);
    const added = await fillGroup(region, environment, order);
    await finish(region, environment, { added, signal });
  } catch (cause) {
    region.beanstalk.work.check();
    if (!(cause instanceof LaunchFailure)) {
      throw cause;
    }
    // Without this the group would try again and again what can't succeed.
    environment.desired = 0;
    tell(region, environment, cause.message, "ERROR");
    tell(region, environment, "Failed to launch environment.", "ERROR");
  }
}

/** Launches a new environment in the background. */
export function beginLaunch(region: Region, environment: Environment, requestId: string): void {
  watchInstances(region);
  serveEnvironment(environment);
  const message = "createEnvironment is starting.";
  beginOperation(region, environment, { requestId, status: "Launching", message }, (signal) =>
    buildEnvironment(region, environment, signal),
  );
  watchHealth(region, environment);
}
