import { resourceId } from "../identifiers.ts";
import { ServiceError } from "../wire/operation.ts";
import type { Ec2State } from "./state.ts";

/** What a rule admits: one range of addresses, or the members of another group. */
export type RuleSource =
  | { readonly kind: "ipv4"; readonly cidr: string }
  | { readonly kind: "ipv6"; readonly cidr: string }
  | { readonly kind: "group"; readonly groupId: string }
  | { readonly kind: "prefix-list"; readonly prefixListId: string };

/** One rule with one source, as DescribeSecurityGroupRules lists them. */
export interface SecurityGroupRule {
  readonly ruleId: string;
  readonly egress: boolean;
  /** `tcp`, `udp`, `icmp`, a number, or `-1` for all. */
  readonly protocol: string;
  readonly fromPort: number | undefined;
  readonly toPort: number | undefined;
  readonly source: RuleSource;
  description: string | undefined;
  readonly tags: Map<string, string>;
}

/** A security group and its rules. */
export interface SecurityGroup {
  readonly groupId: string;
  readonly groupName: string;
  readonly description: string;
  readonly vpcId: string;
  rules: SecurityGroupRule[];
  readonly tags: Map<string, string>;
}

/** Adds a group with the egress rule that every new group has. Throws `InvalidGroup.Duplicate`. */
export function addSecurityGroup(
  ec2: Ec2State,
  wanted: {
    readonly groupName: string;
    readonly description: string;
    readonly vpcId: string;
    readonly tags?: ReadonlyMap<string, string>;
  },
): SecurityGroup {
  for (const group of ec2.securityGroups.values()) {
    if (group.groupName === wanted.groupName && group.vpcId === wanted.vpcId) {
      throw new ServiceError(
        "InvalidGroup.Duplicate",
        `The security group '${wanted.groupName}' already exists for VPC '${wanted.vpcId}'`,
      );
    }
  }
  const group: SecurityGroup = {
    groupId: resourceId("sg"),
    groupName: wanted.groupName,
    description: wanted.description,
    vpcId: wanted.vpcId,
    rules: [newRule({ egress: true, protocol: "-1", source: { kind: "ipv4", cidr: "0.0.0.0/0" } })],
    tags: new Map(wanted.tags),
  };
  ec2.securityGroups.set(group.groupId, group);
  return group;
}

/** A rule with a new id. */
export function newRule(rule: {
  readonly egress: boolean;
  readonly protocol: string;
  readonly fromPort?: number | undefined;
  readonly toPort?: number | undefined;
  readonly source: RuleSource;
  readonly description?: string | undefined;
  readonly tags?: ReadonlyMap<string, string>;
}): SecurityGroupRule {
  return {
    ruleId: resourceId("sgr"),
    egress: rule.egress,
    protocol: rule.protocol,
    fromPort: rule.fromPort,
    toPort: rule.toPort,
    source: rule.source,
    description: rule.description,
    tags: new Map(rule.tags),
  };
}
