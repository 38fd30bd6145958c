import type { Region } from "../../region.ts";
import type { Environment } from "../environment.ts";
import type { Member } from "../member.ts";
import { tellUnasked } from "../record-event.ts";
import { deployToMembers, type DeploymentOrder } from "./deploy-to-member.ts";
import { endMember } from "./end-member.ts";
import { launchMember } from "./launch-member.ts";

/** Instances that were launched, and those of them on which the deployment failed. */
export interface AddedMembers {
  readonly members: readonly Member[];
  readonly failed: readonly Member[];
}

/**
 * Launches instances, deploys on them and gives them to the load balancer. Throws LaunchFailure where one could not
 * be launched; those that could are terminated then.
 */
export async function addMembers(
  region: Region,
  environment: Environment,
  { count, order }: { readonly count: number; readonly order: DeploymentOrder },
): Promise<AddedMembers> {
  const launches = await Promise.allSettled(
    Array.from({ length: count }, () => launchMember(region, environment, order.signal)),
  );
  const members = launches.filter((launch) => launch.status === "fulfilled").map((launch) => launch.value);
  const refused = launches.find((launch) => launch.status === "rejected");
  if (refused !== undefined) {
    region.beanstalk.work.check();
    await Promise.all(members.map((member) => endMember(region, environment, member)));
    throw refused.reason;
  }
  if (members.length > 0) {
    const ids = members.map((member) => member.instanceId).join(", ");
    tellUnasked(
      region,
      environment,
      `Added instance${members.length > 1 ? "s" : ""} [${ids}] to your environment.`,
    );
  }
  for (const member of members) {
    member.registered = true;
  }
  const failed = await deployToMembers(region, environment, members, order);
  return { members, failed };
}
