import type { IpPermission } from "@aws-sdk/client-ec2";
import { isIP } from "node:net";
import { ServiceError } from "../wire/operation.ts";
import type { RuleSource, SecurityGroup, SecurityGroupRule } from "./security-group.ts";
import type { Ec2State } from "./state.ts";

/** A rule that a request describes; nothing has it yet. */
export interface WantedRule {
  readonly egress: boolean;
  readonly protocol: string;
  readonly fromPort: number | undefined;
  readonly toPort: number | undefined;
  readonly source: RuleSource;
  readonly description: string | undefined;
}

/** The short form of a permission, directly in a request. */
export interface ShortPermission {
  readonly IpProtocol?: string | undefined;
  readonly FromPort?: number | undefined;
  readonly ToPort?: number | undefined;
  readonly CidrIp?: string | undefined;
  readonly SourceSecurityGroupName?: string | undefined;
  readonly IpPermissions?: IpPermission[] | undefined;
}

/** The permissions of a request, the short form written out. Throws `MissingParameter`. */
export function permissionsOf(ec2: Ec2State, group: SecurityGroup, request: ShortPermission): IpPermission[] {
  if (request.IpPermissions) return request.IpPermissions;
  if (request.IpProtocol === undefined && request.SourceSecurityGroupName === undefined) {
    throw new ServiceError("MissingParameter", "The request must contain the parameter ipPermissions");
  }
  const range = {
    IpProtocol: request.IpProtocol ?? "-1",
    FromPort: request.FromPort,
    ToPort: request.ToPort,
  };
  if (request.SourceSecurityGroupName === undefined) {
    return [{ ...range, IpRanges: [{ CidrIp: request.CidrIp }] }];
  }
  const source = [...ec2.securityGroups.values()].find(
    (one) => one.groupName === request.SourceSecurityGroupName && one.vpcId === group.vpcId,
  );
  if (!source) throw notFound(request.SourceSecurityGroupName);
  return [{ ...range, UserIdGroupPairs: [{ GroupId: source.groupId }] }];
}

/** The single rules that permissions stand for, a source each, checked as EC2 does. */
export function rulesOf(ec2: Ec2State, permissions: readonly IpPermission[], egress: boolean): WantedRule[] {
  return permissions.flatMap((permission) => {
    const protocol = protocolOf(permission.IpProtocol);
    checkPorts(protocol, permission);
    const base = {
      egress,
      protocol,
      fromPort: protocol === "-1" ? undefined : permission.FromPort,
      toPort: protocol === "-1" ? undefined : permission.ToPort,
    };
    const rules: WantedRule[] = [
      ...(permission.IpRanges ?? []).map((one) => ({
        ...base,
        source: { kind: "ipv4" as const, cidr: checkCidr(one.CidrIp, 4) },
        description: checkDescription(one.Description),
      })),
      ...(permission.Ipv6Ranges ?? []).map((one) => ({
        ...base,
        source: { kind: "ipv6" as const, cidr: checkCidr(one.CidrIpv6, 6) },
        description: checkDescription(one.Description),
      })),
      ...(permission.UserIdGroupPairs ?? []).map((one) => ({
        ...base,
        source: { kind: "group" as const, groupId: checkGroup(ec2, one.GroupId ?? one.GroupName ?? "") },
        description: checkDescription(one.Description),
      })),
      ...(permission.PrefixListIds ?? []).map((one) => ({
        ...base,
        source: { kind: "prefix-list" as const, prefixListId: one.PrefixListId ?? "" },
        description: checkDescription(one.Description),
      })),
    ];
    if (rules.length === 0) {
      throw new ServiceError("InvalidParameterValue", "Invalid value '' for ipRanges. Must not be empty.");
    }
    return rules;
  });
}

/** Do two rules admit the same? Descriptions and ids don't matter. */
export function sameRule(a: WantedRule | SecurityGroupRule, b: WantedRule | SecurityGroupRule): boolean {
  return a.egress === b.egress && ruleText(a) === ruleText(b);
}

/** A rule as EC2's messages write it: `peer: 0.0.0.0/0, TCP, from port: 22, to port: 22, ALLOW`. */
export function ruleText(rule: WantedRule | SecurityGroupRule): string {
  const peer = sourceText(rule.source);
  if (rule.protocol === "-1") return `peer: ${peer}, ALL, ALLOW`;
  const ports = `from port: ${rule.fromPort}, to port: ${rule.toPort}`;
  return `peer: ${peer}, ${rule.protocol.toUpperCase()}, ${ports}, ALLOW`;
}

function sourceText(source: RuleSource): string {
  switch (source.kind) {
    case "ipv4":
    case "ipv6":
      return source.cidr;
    case "group":
      return source.groupId;
    case "prefix-list":
      return source.prefixListId;
  }
  return "";
}

const PROTOCOL_NAMES: Readonly<Record<string, string>> = { "6": "tcp", "17": "udp", "1": "icmp", all: "-1" };

function protocolOf(protocol: string | undefined): string {
  if (protocol === undefined) {
    throw new ServiceError("MissingParameter", "The request must contain the parameter ipProtocol");
  }
  const named = PROTOCOL_NAMES[protocol.toLowerCase()] ?? protocol.toLowerCase();
  if (!/^(?:tcp|udp|icmp|icmpv6|-1|\d{1,3})$/.test(named)) {
    throw new ServiceError(
      "InvalidPermission.Malformed",
      `Unsupported IP protocol "${protocol}"  - supported: [tcp, udp, icmp]`,
    );
  }
  return named;
}

function checkPorts(protocol: string, { FromPort: from, ToPort: to }: IpPermission): void {
  if (protocol !== "tcp" && protocol !== "udp") return;
  if (from === undefined || to === undefined) {
    throw new ServiceError(
      "InvalidParameterValue",
      `Invalid value for portRange. Must specify both from and to ports with TCP/UDP.`,
    );
  }
  for (const port of [from, to]) {
    if (!Number.isInteger(port) || port < 0 || port > 65_535) {
      throw new ServiceError("InvalidParameterValue", `Invalid port '${port}'. Must be between 0 and 65535.`);
    }
  }
  if (from > to) {
    throw new ServiceError("InvalidParameterValue", `Invalid TCP/UDP port range (${from}:${to})`);
  }
}

function checkCidr(cidr: string | undefined, family: 4 | 6): string {
  const [address = "", bits = "", ...rest] = (cidr ?? "").split("/");
  const most = family === 4 ? 32 : 128;
  if (isIP(address) !== family || !/^\d{1,3}$/.test(bits) || Number(bits) > most || rest.length > 0) {
    throw new ServiceError("InvalidParameterValue", `CIDR block ${cidr ?? "null"} is malformed`);
  }
  return `${address}/${Number(bits)}`;
}

function checkGroup(ec2: Ec2State, groupId: string): string {
  if (!ec2.securityGroups.has(groupId)) throw notFound(groupId);
  return groupId;
}

function checkDescription(description: string | undefined): string | undefined {
  if (description !== undefined && !/^[a-zA-Z0-9. _\-:/()#,@[\]+=&;{}!$*]{0,255}$/.test(description)) {
    throw new ServiceError(
      "InvalidParameterValue",
      "Invalid rule description. Valid descriptions are strings less than 256 characters from the following set:  a-zA-Z0-9. _-:/()#,@[]+=&;{}!$*",
    );
  }
  return description;
}

function notFound(group: string): ServiceError {
  return new ServiceError("InvalidGroup.NotFound", `The security group '${group}' does not exist`);
}
