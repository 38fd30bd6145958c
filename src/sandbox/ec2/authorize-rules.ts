import type { SecurityGroupRule as RuleDescription, TagSpecification } from "@aws-sdk/client-ec2";
import { ServiceError } from "../wire/operation.ts";
import { findSecurityGroup } from "./find-security-group.ts";
import { describeRule } from "./describe-rule.ts";
import { permissionsOf, rulesOf, ruleText, sameRule, type ShortPermission } from "./ip-permissions.ts";
import { newRule } from "./security-group.ts";
import type { Ec2State } from "./state.ts";
import { requestedTags } from "./tags.ts";

/** What the requests that authorize ingress and egress have in common. */
export interface AuthorizeRequest extends ShortPermission {
  readonly GroupId?: string | undefined;
  readonly GroupName?: string | undefined;
  readonly TagSpecifications?: TagSpecification[] | undefined;
}

/** A group may have this many rules in one direction. */
const MAX_RULES = 60;

/** Adds rules to a group: all of them, or none. Throws `InvalidPermission.Duplicate`. */
export function authorizeRules(
  ec2: Ec2State,
  request: AuthorizeRequest,
  egress: boolean,
): { Return: boolean; SecurityGroupRules: RuleDescription[] } {
  const group = findSecurityGroup(ec2, request);
  const wanted = rulesOf(ec2, permissionsOf(ec2, group, request), egress);
  const tags = requestedTags(request.TagSpecifications, "security-group-rule");
  wanted.forEach((rule, index) => {
    const earlier = [...group.rules, ...wanted.slice(0, index)];
    if (earlier.some((other) => sameRule(other, rule))) {
      throw new ServiceError(
        "InvalidPermission.Duplicate",
        `the specified rule "${ruleText(rule)}" already exists`,
      );
    }
  });
  if (group.rules.filter((rule) => rule.egress === egress).length + wanted.length > MAX_RULES) {
    throw new ServiceError(
      "RulesPerSecurityGroupLimitExceeded",
      "The maximum number of rules per security group has been reached.",
    );
  }
  const rules = wanted.map((rule) => newRule({ ...rule, tags }));
  group.rules.push(...rules);
  return { Return: true, SecurityGroupRules: rules.map((rule) => describeRule(group, rule, ec2.accountId)) };
}
