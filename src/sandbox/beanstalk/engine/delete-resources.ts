import type { Region } from "../../region.ts";
import type { Environment } from "../environment.ts";
import { tell } from "../record-event.ts";

/** Do rules of other groups, or other instances, hold a security group? */
function isHeld(region: Region, groupId: string): boolean {
  const { securityGroups, instances } = region.ec2;
  const byRule = [...securityGroups.values()].some(
    (group) =>
      group.groupId !== groupId &&
      group.rules.some(({ source }) => source.kind === "group" && source.groupId === groupId),
  );
  const byInstance = [...instances.values()].some(
    (instance) => instance.state !== "terminated" && instance.securityGroupIds.includes(groupId),
  );
  return byRule || byInstance;
}

/** Deletes what an environment owns besides its instances; answers the security groups that something still holds. */
export function deleteResources(region: Region, environment: Environment): string[] {
  const { resources } = environment;
  if (resources === undefined) {
    return [];
  }
  tell(region, environment, `Deleted Auto Scaling group named: ${resources.groupName}`);
  const balancer = resources.loadBalancer?.arn ?? resources.classicLoadBalancer;
  if (balancer !== undefined) {
    tell(region, environment, `Deleted load balancer named: ${balancer}`);
  }
  if (resources.targetGroup !== undefined) {
    tell(region, environment, `Deleted target group named: ${resources.targetGroup.arn}`);
  }
  if (resources.elasticIp !== undefined) {
    const address = region.ec2.addresses.get(resources.elasticIp);
    region.ec2.addresses.delete(resources.elasticIp);
    tell(region, environment, `Deleted EIP: ${address?.publicIp ?? ""}`);
  }
  const held: string[] = [];
  for (const groupId of resources.ownSecurityGroups) {
    if (isHeld(region, groupId)) {
      held.push(groupId);
      const reason = `resource ${groupId} has a dependent object`;
      tell(
        region,
        environment,
        `Deleting security group named: ${groupId} failed Reason: ${reason}`,
        "ERROR",
      );
    } else {
      region.ec2.securityGroups.delete(groupId);
      tell(region, environment, `Deleted security group named: ${groupId}`);
    }
  }
  resources.ownSecurityGroups.splice(0, resources.ownSecurityGroups.length, ...held);
  return held;
}
