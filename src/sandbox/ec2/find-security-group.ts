import { ServiceError } from "../wire/operation.ts";
import type { SecurityGroup } from "./security-group.ts";
import { find } from "./select.ts";
import type { Ec2State } from "./state.ts";

/** The group of a request, by id or (in the default VPC) by name. */
export function findSecurityGroup(
  ec2: Ec2State,
  { GroupId: id, GroupName: name }: { GroupId?: string | undefined; GroupName?: string | undefined },
): SecurityGroup {
  if (id !== undefined) return find("sg", ec2.securityGroups, id);
  if (name === undefined) {
    throw new ServiceError("MissingParameter", "The request must contain the parameter groupName or groupId");
  }
  const group = [...ec2.securityGroups.values()].find(
    (one) => one.groupName === name && ec2.vpcs.get(one.vpcId)?.isDefault,
  );
  if (!group) {
    throw new ServiceError("InvalidGroup.NotFound", `The security group '${name}' does not exist`);
  }
  return group;
}
