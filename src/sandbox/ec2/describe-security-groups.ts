import {
  DescribeSecurityGroups$,
  type DescribeSecurityGroupsRequest,
  type DescribeSecurityGroupsResult,
} from "@aws-sdk/client-ec2";
import type { Operation } from "../wire/operation.ts";
import { applyFilters, type FilterTable } from "./filter.ts";
import { findSecurityGroup } from "./find-security-group.ts";
import { listPermissions } from "./describe-rule.ts";
import { page } from "./page.ts";
import type { RuleSource, SecurityGroup, SecurityGroupRule } from "./security-group.ts";
import { select } from "./select.ts";
import { listTags } from "./tags.ts";

function rules(egress: boolean, read: (rule: SecurityGroupRule) => string | undefined) {
  return (group: SecurityGroup) => group.rules.filter((rule) => rule.egress === egress).map(read);
}

function cidr(source: RuleSource): string | undefined {
  return source.kind === "ipv4" ? source.cidr : undefined;
}

function groupId(source: RuleSource): string | undefined {
  return source.kind === "group" ? source.groupId : undefined;
}

const FILTERS: FilterTable<SecurityGroup> = {
  "group-id": (group) => [group.groupId],
  "group-name": (group) => [group.groupName],
  "vpc-id": (group) => [group.vpcId],
  description: (group) => [group.description],
  "ip-permission.cidr": rules(false, (rule) => cidr(rule.source)),
  "ip-permission.from-port": rules(false, (rule) => rule.fromPort?.toString()),
  "ip-permission.to-port": rules(false, (rule) => rule.toPort?.toString()),
  "ip-permission.protocol": rules(false, (rule) => rule.protocol),
  "ip-permission.group-id": rules(false, (rule) => groupId(rule.source)),
  "egress.ip-permission.cidr": rules(true, (rule) => cidr(rule.source)),
  "egress.ip-permission.group-id": rules(true, (rule) => groupId(rule.source)),
};

/** DescribeSecurityGroups. */
export const describeSecurityGroups: Operation<DescribeSecurityGroupsRequest, DescribeSecurityGroupsResult> =
  {
    schema: DescribeSecurityGroups$,
    run(region, input) {
      const { ec2, accountId } = region;
      const asked = input.GroupNames?.length
        ? input.GroupNames.map((GroupName) => findSecurityGroup(ec2, { GroupName }))
        : select("sg", ec2.securityGroups, input.GroupIds);
      const table = { ...FILTERS, "owner-id": () => [accountId] };
      const { items, nextToken } = page(applyFilters(asked, input.Filters, table), input);
      return {
        SecurityGroups: items.map((group) => ({
          GroupId: group.groupId,
          GroupName: group.groupName,
          Description: group.description,
          VpcId: group.vpcId,
          OwnerId: accountId,
          SecurityGroupArn: `arn:aws:ec2:${region.name}:${accountId}:security-group/${group.groupId}`,
          IpPermissions: listPermissions(
            group.rules.filter((rule) => !rule.egress),
            accountId,
          ),
          IpPermissionsEgress: listPermissions(
            group.rules.filter((rule) => rule.egress),
            accountId,
          ),
          Tags: listTags(group.tags),
        })),
        NextToken: nextToken,
      };
    },
  };
