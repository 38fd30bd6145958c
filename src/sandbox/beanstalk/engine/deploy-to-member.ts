import type { Region } from "../../region.ts";
import type { Environment } from "../environment.ts";
import { newTarget } from "../health/next-target.ts";
import { deployOnInstance } from "../instance/deploy-on-instance.ts";
import { DeploymentFailure } from "../instance/deployment-failure.ts";
import type { InstanceDeployment } from "../instance/instance-deployment.ts";
import { planDeployment, type DeploymentKind } from "../instance/plan-deployment.ts";
import type { BundleContents } from "../instance/read-bundle.ts";
import type { Member, MemberDeployment } from "../member.ts";
import { numberOf } from "../options/settings.ts";
import { tell } from "../record-event.ts";

/** What is to happen on instances. */
export interface DeploymentOrder {
  readonly kind: DeploymentKind;
  /** Needed where the kind is `application`. */
  readonly bundle: BundleContents | undefined;
  readonly versionLabel: string | undefined;
  readonly deploymentId: number;
  readonly signal: AbortSignal;
}

const MOST_OUTPUT = 500;

/** The end of an output, on one line, as events show it. */
function tail(output: string): string {
  const line = output
    .trim()
    .split(/\s*\n\s*/u)
    .join(" ");
  return line.length > MOST_OUTPUT ? `(TRUNCATED)...${line.slice(-MOST_OUTPUT)}` : line;
}

function tellFailure(region: Region, environment: Environment, member: Member, cause: unknown): void {
  if (!(cause instanceof DeploymentFailure)) {
    const ids = `[${member.instanceId}]`;
    tell(
      region,
      environment,
      `The following instances have not responded in the allowed command timeout time (they might still finish eventually on their own): ${ids}.`,
      "WARN",
    );
    return;
  }
  tell(region, environment, "Instance deployment failed. For details, see 'eb-engine.log'.", "ERROR");
  const output = [cause.message, tail(cause.output)].filter((part) => part !== "").join(" ");
  tell(
    region,
    environment,
    `[Instance: ${member.instanceId}] Command failed on instance. Return code: 1 Output: ${output}.`,
    "ERROR",
  );
}

/** After a reboot the instance's application starts again, once its file systems are mounted; hooks do not run. */
function startAtBoot(region: Region, environment: Environment, member: Member): void {
  const { host } = member;
  host?.onBoot(async () => {
    if (member.host !== host || member.application === undefined) {
      return;
    }
    const deployment = deploymentOn(region, environment, member, region.beanstalk.work.signal);
    await deployOnInstance(deployment, planDeployment("restart", { extensions: [], leader: false }));
    member.application = deployment.application;
    member.target = newTarget();
  });
}

function deploymentOn(
  region: Region,
  environment: Environment,
  member: Member,
  signal: AbortSignal,
): InstanceDeployment {
  if (member.host === undefined) {
    throw new DeploymentFailure(`Instance ${member.instanceId} is gone`);
  }
  return {
    host: member.host,
    isolation: region.hosts.isolation,
    port: member.port,
    settings: environment.settings,
    bundle: undefined,
    signal,
    application: member.application,
  };
}

/** Carries an order out on one instance; true where it succeeded. Events say why it did not. */
export async function deployToMember(
  region: Region,
  environment: Environment,
  member: Member,
  order: DeploymentOrder,
): Promise<boolean> {
  const seconds = numberOf(environment.settings, "aws:elasticbeanstalk:command", "Timeout", 600);
  const before = member.deployment;
  const mark = (status: MemberDeployment["status"]): void => {
    member.deployment = {
      versionLabel: order.versionLabel,
      id: order.deploymentId,
      status,
      time: new Date(),
    };
  };
  mark("In Progress");
  let deployment: InstanceDeployment | undefined;
  try {
    const signal = AbortSignal.any([order.signal, AbortSignal.timeout(seconds * 1000)]);
    deployment = { ...deploymentOn(region, environment, member, signal), bundle: order.bundle };
    const leader = environment.members.values().next().value === member;
    const extensions = order.bundle?.extensions ?? [];
    await deployOnInstance(deployment, planDeployment(order.kind, { extensions, leader }));
    mark("Deployed");
    tell(region, environment, "Instance deployment completed successfully.");
    return true;
  } catch (cause) {
    if (order.signal.aborted) {
      throw cause;
    }
    mark("Failed");
    tellFailure(
      region,
      environment,
      member,
      cause instanceof DeploymentFailure || deployment?.signal.aborted === true
        ? cause
        : new DeploymentFailure(String(cause)),
    );
    return false;
  } finally {
    if (deployment !== undefined && deployment.application !== member.application) {
      member.application = deployment.application;
      member.target = newTarget();
    }
    if (order.bundle !== undefined && member.deployment?.status === "Deployed") {
      member.proxyRules = order.bundle.proxyRules;
    }
    if (before === undefined) {
      startAtBoot(region, environment, member);
    }
  }
}

/** Carries an order out on several instances at once; answers those where it failed. */
export async function deployToMembers(
  region: Region,
  environment: Environment,
  members: readonly Member[],
  order: DeploymentOrder,
): Promise<Member[]> {
  const results = await Promise.allSettled(
    members.map((member) => deployToMember(region, environment, member, order)),
  );
  const aborted = results.find((result) => result.status === "rejected");
  if (aborted !== undefined) {
    throw aborted.reason;
  }
  return members.filter((_, index) => {
    const result = results[index];
    return result?.status !== "fulfilled" || !result.value;
  });
}

/** Says how an order went on the instances; true where it succeeded on all of them. */
export function tellSummary(
  region: Region,
  environment: Environment,
  members: readonly Member[],
  failed: readonly Member[],
): boolean {
  const summary = `Summary: [Successful: ${members.length - failed.length}, Failed: ${failed.length}]`;
  if (failed.length === 0) {
    return true;
  }
  tell(region, environment, `Command execution completed on all instances. ${summary}.`);
  const ids = failed.map((member) => member.instanceId).join(",");
  tell(
    region,
    environment,
    `Unsuccessful command execution on instance id(s) '${ids}'. Aborting the operation.`,
    "ERROR",
  );
  return false;
}
