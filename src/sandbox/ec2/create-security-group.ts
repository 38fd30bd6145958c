import {
  CreateSecurityGroup$,
  type CreateSecurityGroupRequest,
  type CreateSecurityGroupResult,
} from "@aws-sdk/client-ec2";
import { type Operation, ServiceError } from "../wire/operation.ts";
import { addSecurityGroup } from "./security-group.ts";
import { find } from "./select.ts";
import { listTags, requestedTags } from "./tags.ts";

const ALLOWED = /^[a-zA-Z0-9. _\-:/()#,@[\]+=&;{}!$*]{1,255}$/;

/** CreateSecurityGroup, in the default VPC unless told otherwise. */
export const createSecurityGroup: Operation<CreateSecurityGroupRequest, CreateSecurityGroupResult> = {
  schema: CreateSecurityGroup$,
  run(region, input) {
    const { ec2 } = region;
    const groupName = input.GroupName!;
    const description = input.Description!;
    checkText("groupName", groupName);
    checkText("GroupDescription", description);
    if (groupName.startsWith("sg-")) {
      throw new ServiceError(
        "InvalidParameterValue",
        `Value (${groupName}) for parameter groupName is invalid. Group names may not be in the format sg-*`,
      );
    }
    if (groupName === "default") {
      throw new ServiceError("InvalidParameterValue", "Cannot use reserved security group name: default");
    }
    const vpc =
      input.VpcId === undefined
        ? [...ec2.vpcs.values()].find((one) => one.isDefault)
        : find("vpc", ec2.vpcs, input.VpcId);
    if (!vpc) throw new ServiceError("VPCIdNotSpecified", "No default VPC for this user");
    const tags = requestedTags(input.TagSpecifications, "security-group");
    const group = addSecurityGroup(ec2, { groupName, description, vpcId: vpc.vpcId, tags });
    return {
      GroupId: group.groupId,
      SecurityGroupArn: `arn:aws:ec2:${region.name}:${region.accountId}:security-group/${group.groupId}`,
      Tags: listTags(tags),
    };
  },
};

function checkText(parameter: string, value: string): void {
  if (ALLOWED.test(value)) return;
  throw new ServiceError(
    "InvalidParameterValue",
    `Value (${value}) for parameter ${parameter} is invalid. Character sets beyond ASCII are not supported.`,
  );
}
