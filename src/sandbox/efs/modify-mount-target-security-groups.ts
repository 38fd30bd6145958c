import {
  ModifyMountTargetSecurityGroups$,
  type ModifyMountTargetSecurityGroupsRequest,
} from "@aws-sdk/client-efs";
import { type Operation, ServiceError } from "../wire/operation.ts";
import { findMountTarget } from "./find.ts";
import { stateOf } from "./life-cycle.ts";
import { checkSecurityGroups } from "./security-groups.ts";

/** ModifyMountTargetSecurityGroups: replaces them. */
export const modifyMountTargetSecurityGroups: Operation<ModifyMountTargetSecurityGroupsRequest, void> = {
  schema: ModifyMountTargetSecurityGroups$,
  run({ efs, ec2 }, input) {
    const target = findMountTarget(efs, input.MountTargetId!);
    if (stateOf(target) !== "available") {
      throw new ServiceError(
        "IncorrectMountTargetState",
        `Mount target '${target.mountTargetId}' is not available.`,
        409,
      );
    }
    target.securityGroupIds = checkSecurityGroups(ec2, target.vpcId, input.SecurityGroups ?? []);
  },
};
