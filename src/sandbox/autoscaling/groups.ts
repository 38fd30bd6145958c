import type { Environment } from "../beanstalk/environment.ts";
import type { Member } from "../beanstalk/member.ts";
import type { Region } from "../region.ts";
import { ServiceError } from "../wire/operation.ts";

/** The environments that have an Auto Scaling group, with its name: Beanstalk makes one for each. */
export function groups({
  beanstalk,
}: Region): { readonly name: string; readonly environment: Environment }[] {
  return [...beanstalk.environments.values()].flatMap((environment) =>
    environment.resources && environment.terminated === undefined
      ? [{ name: environment.resources.groupName, environment }]
      : [],
  );
}

/** An instance of a group, as Auto Scaling shows it. */
export function describeMember(region: Region, environment: Environment, member: Member) {
  const instance = region.ec2.instances.get(member.instanceId);
  const subnet = region.ec2.subnets.get(instance?.subnetId ?? "");
  return {
    InstanceId: member.instanceId,
    InstanceType: instance?.instanceType,
    AvailabilityZone: member.availabilityZone,
    AvailabilityZoneId: subnet?.availabilityZoneId,
    LifecycleState: member.state,
    HealthStatus: instance?.state === "running" || instance?.state === "pending" ? "Healthy" : "Unhealthy",
    LaunchTemplate: launchTemplate(environment),
    ProtectedFromScaleIn: false,
  };
}

/** The launch template of an environment's group. */
export function launchTemplate(environment: Environment) {
  return {
    LaunchTemplateId: environment.resources?.launchTemplateId,
    LaunchTemplateName: environment.resources?.stackName,
    Version: "1",
  };
}

/** One page of a listing. Throws `InvalidNextToken`. */
export function page<T>(
  items: readonly T[],
  { NextToken: token, MaxRecords: most = 100 }: { NextToken?: string; MaxRecords?: number },
): { readonly items: T[]; readonly next: { NextToken?: string } } {
  const start = token === undefined ? 0 : Number(token);
  if (!Number.isInteger(start) || start < 0) {
    throw new ServiceError("InvalidNextToken", `The token '${token}' is invalid.`);
  }
  const end = start + most;
  return { items: items.slice(start, end), next: end < items.length ? { NextToken: String(end) } : {} };
}
