import {
  DescribeSecurityGroupRules$,
  type DescribeSecurityGroupRulesRequest,
  type DescribeSecurityGroupRulesResult,
} from "@aws-sdk/client-ec2";
import type { Operation } from "../wire/operation.ts";
import { applyFilters } from "./filter.ts";
import { describeRule } from "./describe-rule.ts";
import { page } from "./page.ts";
import { select } from "./select.ts";

/** DescribeSecurityGroupRules. */
export const describeSecurityGroupRules: Operation<
  DescribeSecurityGroupRulesRequest,
  DescribeSecurityGroupRulesResult
> = {
  schema: DescribeSecurityGroupRules$,
  run(region, input) {
    const { ec2, accountId } = region;
    const all = [...ec2.securityGroups.values()].flatMap((group) =>
      group.rules.map((rule) => ({ group, rule, tags: rule.tags })),
    );
    const asked = select(
      "sgr",
      new Map(all.map((one) => [one.rule.ruleId, one])),
      input.SecurityGroupRuleIds,
    );
    const found = applyFilters(asked, input.Filters, {
      "group-id": ({ group }) => [group.groupId],
      "security-group-rule-id": ({ rule }) => [rule.ruleId],
    });
    const { items, nextToken } = page(found, input);
    return {
      SecurityGroupRules: items.map(({ group, rule }) => describeRule(group, rule, accountId)),
      NextToken: nextToken,
    };
  },
};
