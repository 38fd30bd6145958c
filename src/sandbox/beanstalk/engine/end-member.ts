import { terminateInstance } from "../../ec2/end-instance.ts";
import type { Region } from "../../region.ts";
import type { Environment } from "../environment.ts";
import type { Member } from "../member.ts";
import { numberOf } from "../options/settings.ts";

/** Takes an instance out of the load balancer and lets it finish the requests that it has. */
export async function deregister(environment: Environment, member: Member): Promise<void> {
  if (!member.registered) {
    return;
  }
  member.registered = false;
  member.target = { ...member.target, state: "draining" };
  // Requests take real time in a sandbox, so the delay is not shortened; nothing in flight, nothing to wait for.
  const process = "aws:elasticbeanstalk:environment:process:default";
  const seconds = numberOf(environment.settings, process, "DeregistrationDelay", 20);
  await environment.proxy?.drained(member.instanceId, seconds * 1000);
}

/** Forgets an instance: its application ends, its port is free again. */
export async function forgetMember(region: Region, environment: Environment, member: Member): Promise<void> {
  environment.members.delete(member.instanceId);
  member.registered = false;
  member.host = undefined;
  const { application } = member;
  member.application = undefined;
  await application?.stop();
  region.beanstalk.ports.release(member.port);
}

/** Ends an instance as Auto Scaling does: out of the load balancer first, then terminated. */
export async function endMember(region: Region, environment: Environment, member: Member): Promise<void> {
  member.state = "Terminating";
  await deregister(environment, member);
  await forgetMember(region, environment, member);
  await terminateInstance(region, member.instanceId);
}
