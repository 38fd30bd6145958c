import { ServiceError } from "../wire/operation.ts";
import { findSecurityGroup } from "./find-security-group.ts";
import { permissionsOf, rulesOf, sameRule, type ShortPermission } from "./ip-permissions.ts";
import type { SecurityGroup, SecurityGroupRule } from "./security-group.ts";
import type { Ec2State } from "./state.ts";

/** What the requests that revoke ingress and egress have in common. */
export interface RevokeRequest extends ShortPermission {
  readonly GroupId?: string | undefined;
  readonly GroupName?: string | undefined;
  readonly SecurityGroupRuleIds?: string[] | undefined;
}

/** Takes rules from a group: all of them, or none. Throws `InvalidPermission.NotFound`. */
export function revokeRules(
  ec2: Ec2State,
  request: RevokeRequest,
  egress: boolean,
): { Return: boolean; RevokedSecurityGroupRules: object[] } {
  const group = findSecurityGroup(ec2, request);
  const gone = request.SecurityGroupRuleIds?.length
    ? request.SecurityGroupRuleIds.map((id) => ruleById(group, id, egress))
    : rulesOf(ec2, permissionsOf(ec2, group, request), egress).map((wanted) => {
        const rule = group.rules.find((one) => sameRule(one, wanted));
        if (!rule) {
          throw new ServiceError(
            "InvalidPermission.NotFound",
            "The specified rule does not exist in this security group.",
          );
        }
        return rule;
      });
  group.rules = group.rules.filter((rule) => !gone.includes(rule));
  return {
    Return: true,
    RevokedSecurityGroupRules: gone.map((rule) => ({
      SecurityGroupRuleId: rule.ruleId,
      GroupId: group.groupId,
      IsEgress: rule.egress,
      IpProtocol: rule.protocol,
      FromPort: rule.fromPort ?? -1,
      ToPort: rule.toPort ?? -1,
      ...(rule.source.kind === "ipv4" ? { CidrIpv4: rule.source.cidr } : {}),
      ...(rule.source.kind === "ipv6" ? { CidrIpv6: rule.source.cidr } : {}),
      ...(rule.source.kind === "group" ? { ReferencedGroupId: rule.source.groupId } : {}),
    })),
  };
}

function ruleById(group: SecurityGroup, id: string, egress: boolean): SecurityGroupRule {
  const rule = group.rules.find((one) => one.ruleId === id && one.egress === egress);
  if (!rule) {
    throw new ServiceError(
      "InvalidSecurityGroupRuleId.NotFound",
      `The security group rule ID '${id}' does not exist`,
    );
  }
  return rule;
}
