import type { IpPermission, SecurityGroupRule as RuleDescription } from "@aws-sdk/client-ec2";
import type { SecurityGroup, SecurityGroupRule } from "./security-group.ts";
import { listTags } from "./tags.ts";

/** Rules as DescribeSecurityGroups shows them: those of one protocol and port range together. */
export function listPermissions(rules: readonly SecurityGroupRule[], accountId: string): IpPermission[] {
  const groups = new Map<string, SecurityGroupRule[]>();
  for (const rule of rules) {
    const range = `${rule.protocol} ${rule.fromPort} ${rule.toPort}`;
    groups.set(range, [...(groups.get(range) ?? []), rule]);
  }
  return [...groups.values()].map((together) => {
    const [first] = together;
    const described = (rule: SecurityGroupRule): object =>
      rule.description === undefined ? {} : { Description: rule.description };
    return {
      IpProtocol: first!.protocol,
      FromPort: first!.fromPort,
      ToPort: first!.toPort,
      IpRanges: together.flatMap((rule) =>
        rule.source.kind === "ipv4" ? [{ CidrIp: rule.source.cidr, ...described(rule) }] : [],
      ),
      Ipv6Ranges: together.flatMap((rule) =>
        rule.source.kind === "ipv6" ? [{ CidrIpv6: rule.source.cidr, ...described(rule) }] : [],
      ),
      PrefixListIds: together.flatMap((rule) =>
        rule.source.kind === "prefix-list"
          ? [{ PrefixListId: rule.source.prefixListId, ...described(rule) }]
          : [],
      ),
      UserIdGroupPairs: together.flatMap((rule) =>
        rule.source.kind === "group"
          ? [{ GroupId: rule.source.groupId, UserId: accountId, ...described(rule) }]
          : [],
      ),
    };
  });
}

/** A rule as DescribeSecurityGroupRules shows it. */
export function describeRule(
  group: SecurityGroup,
  rule: SecurityGroupRule,
  accountId: string,
): RuleDescription {
  const { source } = rule;
  return {
    SecurityGroupRuleId: rule.ruleId,
    GroupId: group.groupId,
    GroupOwnerId: accountId,
    IsEgress: rule.egress,
    IpProtocol: rule.protocol,
    FromPort: rule.fromPort ?? -1,
    ToPort: rule.toPort ?? -1,
    ...(source.kind === "ipv4" ? { CidrIpv4: source.cidr } : {}),
    ...(source.kind === "ipv6" ? { CidrIpv6: source.cidr } : {}),
    ...(source.kind === "prefix-list" ? { PrefixListId: source.prefixListId } : {}),
    ...(source.kind === "group"
      ? { ReferencedGroupInfo: { GroupId: source.groupId, UserId: accountId } }
      : {}),
    ...(rule.description === undefined ? {} : { Description: rule.description }),
    Tags: listTags(rule.tags),
  };
}
