import type { Ec2State } from "../ec2/state.ts";
import { ServiceError } from "../wire/operation.ts";

/** A mount target has at most five security groups, of its own VPC. Throws `SecurityGroupNotFound`, `…LimitExceeded`. */
export function checkSecurityGroups(ec2: Ec2State, vpcId: string, ids: readonly string[]): string[] {
  if (ids.length > 5) {
    throw new ServiceError(
      "SecurityGroupLimitExceeded",
      "The maximum number of security groups per interface has been reached.",
    );
  }
  for (const id of ids) {
    if (ec2.securityGroups.get(id)?.vpcId !== vpcId) {
      throw new ServiceError("SecurityGroupNotFound", `The security group ID '${id}' does not exist`);
    }
  }
  return [...ids];
}
