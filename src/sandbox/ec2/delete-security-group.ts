import {
  DeleteSecurityGroup$,
  type DeleteSecurityGroupRequest,
  type DeleteSecurityGroupResult,
} from "@aws-sdk/client-ec2";
import { type Operation, ServiceError } from "../wire/operation.ts";
import { findSecurityGroup } from "./find-security-group.ts";
import { networkInterfaces } from "./network-interfaces.ts";

/** DeleteSecurityGroup; refused while an interface has it or a rule of another group names it. */
export const deleteSecurityGroup: Operation<DeleteSecurityGroupRequest, DeleteSecurityGroupResult> = {
  schema: DeleteSecurityGroup$,
  run(region, input) {
    const { ec2 } = region;
    const group = findSecurityGroup(ec2, input);
    if (group.groupName === "default") {
      throw new ServiceError(
        "CannotDelete",
        `the specified group: "${group.groupId}" name: "default" cannot be deleted by a user`,
      );
    }
    const named = [...ec2.securityGroups.values()].some(
      (other) =>
        other !== group &&
        other.rules.some((rule) => rule.source.kind === "group" && rule.source.groupId === group.groupId),
    );
    const used = networkInterfaces(region).some((one) => one.securityGroupIds.includes(group.groupId));
    if (named || used) {
      throw new ServiceError("DependencyViolation", `resource ${group.groupId} has a dependent object`);
    }
    ec2.securityGroups.delete(group.groupId);
    return { Return: true, GroupId: group.groupId };
  },
};
