import {
  AuthorizeSecurityGroupIngressCommand,
  CreateSecurityGroupCommand,
  DeleteSecurityGroupCommand,
  DescribeSecurityGroupsCommand,
  type EC2Client,
  type IpPermission,
  RevokeSecurityGroupIngressCommand,
  type SecurityGroup as Ec2SecurityGroup,
} from "@aws-sdk/client-ec2";
import { errorCode } from "./errors.ts";

/** TCP traffic that a group admits: from one network or from the members of one group. */
export interface Rule {
  readonly port: number;
  /** A network (`203.0.113.7/32`, `2001:db8::/64`) or a group's id. */
  readonly source: string;
  readonly description: string;
}

export interface SecurityGroup {
  readonly id: string;
  readonly name: string;
  readonly vpcId: string;
  readonly tags: Readonly<Record<string, string>>;
  readonly rules: readonly Rule[];
}

/** Everything that a group admits over TCP, ranges and whole protocols too, from whatever source. */
export interface Ingress {
  readonly groupId: string;
  readonly openings: readonly {
    readonly from: number;
    readonly to: number;
    /** A network, a group's id, or a prefix list's id. */
    readonly source: string;
    readonly description: string;
  }[];
}

export interface SecurityGroups {
  /** What these groups let in. */
  gates(ids: readonly string[]): Promise<readonly Ingress[]>;
  byNames(vpcId: string, names: readonly string[]): Promise<readonly SecurityGroup[]>;
  byIds(ids: readonly string[]): Promise<readonly SecurityGroup[]>;
  byTag(name: string, value: string): Promise<readonly SecurityGroup[]>;
  /** Every group that has a rule which names this one. */
  referringTo(groupId: string): Promise<readonly SecurityGroup[]>;
  /** Answers the id. */
  create(group: {
    name: string;
    description: string;
    vpcId: string;
    tags: Readonly<Record<string, string>>;
  }): Promise<string>;
  /** A rule that is there already is no error. */
  admit(groupId: string, rule: Rule): Promise<void>;
  /** A rule that is gone already is no error. */
  revoke(groupId: string, rule: Rule): Promise<void>;
  /** `in-use` while something still refers to it; a group that is gone already counts as deleted. */
  delete(groupId: string): Promise<"deleted" | "in-use">;
}

/** Opens EC2's security groups. */
export function openSecurityGroups(ec2: EC2Client): SecurityGroups {
  const describe = async (filters: { Name: string; Values: string[] }[]): Promise<SecurityGroup[]> => {
    const answer = await ec2.send(new DescribeSecurityGroupsCommand({ Filters: filters }));
    return (answer.SecurityGroups ?? []).map(fromEc2);
  };
  return {
    async gates(ids) {
      if (ids.length === 0) return [];
      const answer = await ec2.send(
        new DescribeSecurityGroupsCommand({ Filters: [{ Name: "group-id", Values: [...ids] }] }),
      );
      return (answer.SecurityGroups ?? []).map((group) => ({
        groupId: group.GroupId ?? "",
        openings: (group.IpPermissions ?? []).flatMap(openingsOf),
      }));
    },
    byNames: (vpcId, names) =>
      describe([
        { Name: "vpc-id", Values: [vpcId] },
        { Name: "group-name", Values: [...names] },
      ]),
    byIds: (ids) => describe([{ Name: "group-id", Values: [...ids] }]),
    byTag: (name, value) => describe([{ Name: `tag:${name}`, Values: [value] }]),
    referringTo: (groupId) => describe([{ Name: "ip-permission.group-id", Values: [groupId] }]),
    async create({ name, description, vpcId, tags }) {
      const answer = await ec2.send(
        new CreateSecurityGroupCommand({
          GroupName: name,
          Description: description,
          VpcId: vpcId,
          TagSpecifications: [
            {
              ResourceType: "security-group",
              Tags: Object.entries(tags).map(([Key, Value]) => ({ Key, Value })),
            },
          ],
        }),
      );
      return answer.GroupId ?? "";
    },
    async admit(groupId, rule) {
      await tolerate("InvalidPermission.Duplicate", async () => {
        await ec2.send(
          new AuthorizeSecurityGroupIngressCommand({ GroupId: groupId, IpPermissions: [toEc2(rule)] }),
        );
      });
    },
    async revoke(groupId, rule) {
      await tolerate("InvalidPermission.NotFound", async () => {
        await ec2.send(
          new RevokeSecurityGroupIngressCommand({ GroupId: groupId, IpPermissions: [toEc2(rule)] }),
        );
      });
    },
    async delete(groupId) {
      try {
        await ec2.send(new DeleteSecurityGroupCommand({ GroupId: groupId }));
      } catch (error) {
        const code = errorCode(error);
        if (code === "DependencyViolation") return "in-use";
        if (code !== "InvalidGroup.NotFound") throw error;
      }
      return "deleted";
    },
  };
}

async function tolerate(code: string, act: () => Promise<void>): Promise<void> {
  try {
    await act();
  } catch (error) {
    if (errorCode(error) !== code) throw error;
  }
}

function toEc2(rule: Rule): IpPermission {
  const ports = { IpProtocol: "tcp", FromPort: rule.port, ToPort: rule.port };
  const { source, description: Description } = rule;
  if (source.startsWith("sg-")) return { ...ports, UserIdGroupPairs: [{ GroupId: source, Description }] };
  if (source.includes(":")) return { ...ports, Ipv6Ranges: [{ CidrIpv6: source, Description }] };
  return { ...ports, IpRanges: [{ CidrIp: source, Description }] };
}

function openingsOf(permission: IpPermission): Ingress["openings"] {
  const everything = permission.IpProtocol === "-1";
  if (!everything && permission.IpProtocol !== "tcp" && permission.IpProtocol !== "6") return [];
  const range = {
    from: everything ? 0 : (permission.FromPort ?? 0),
    to: everything ? 65_535 : (permission.ToPort ?? 65_535),
  };
  return [
    ...(permission.IpRanges ?? []).map(({ CidrIp, Description }) => [CidrIp, Description]),
    ...(permission.Ipv6Ranges ?? []).map(({ CidrIpv6, Description }) => [CidrIpv6, Description]),
    ...(permission.UserIdGroupPairs ?? []).map(({ GroupId, Description }) => [GroupId, Description]),
    ...(permission.PrefixListIds ?? []).map(({ PrefixListId, Description }) => [PrefixListId, Description]),
  ].map(([source = "", description = ""]) => ({ ...range, source, description }));
}

function fromEc2(group: Ec2SecurityGroup): SecurityGroup {
  const rules = (group.IpPermissions ?? [])
    .filter(({ IpProtocol, FromPort, ToPort }) => IpProtocol === "tcp" && FromPort === ToPort)
    .flatMap((permission) => {
      const port = permission.FromPort ?? 0;
      return [
        ...(permission.IpRanges ?? []).map((range) => ({
          port,
          source: range.CidrIp ?? "",
          description: range.Description ?? "",
        })),
        ...(permission.Ipv6Ranges ?? []).map((range) => ({
          port,
          source: range.CidrIpv6 ?? "",
          description: range.Description ?? "",
        })),
        ...(permission.UserIdGroupPairs ?? []).map((pair) => ({
          port,
          source: pair.GroupId ?? "",
          description: pair.Description ?? "",
        })),
      ];
    });
  return {
    id: group.GroupId ?? "",
    name: group.GroupName ?? "",
    vpcId: group.VpcId ?? "",
    tags: Object.fromEntries((group.Tags ?? []).map(({ Key, Value }) => [Key ?? "", Value ?? ""])),
    rules,
  };
}
