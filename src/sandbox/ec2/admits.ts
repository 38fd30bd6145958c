import { BlockList, isIP } from "node:net";
import type { SecurityGroupRule } from "./security-group.ts";
import type { Ec2State } from "./state.ts";

/** Who knocks: an address, with the security groups of the interface behind it where it is one of the VPC. */
export interface Knock {
  readonly port: number;
  readonly address: string;
  readonly securityGroupIds?: readonly string[];
}

/** Does any ingress rule of these groups admit the knock over TCP? */
export function groupsAdmit(ec2: Ec2State, groupIds: readonly string[], knock: Knock): boolean {
  return groupIds.some((id) =>
    ec2.securityGroups.get(id)?.rules.some((rule) => !rule.egress && ruleAdmits(rule, knock)),
  );
}

/**
 * Do the instance's security groups admit this source on this TCP port? A source that is an instance of the sandbox
 * (by its private or public address) is known by its groups too, and so is an Instance Connect endpoint.
 */
export function admits(ec2: Ec2State, instanceId: string, port: number, sourceAddress: string): boolean {
  const instance = ec2.instances.get(instanceId);
  if (!instance) return false;
  const address = sourceAddress.replace(/^::ffff:/, "");
  const source = [...ec2.instances.values()].find(
    (other) => other.host && (other.privateIp === address || other.host.address === address),
  );
  const endpoint = [...ec2.connectEndpoints.values()].find((one) => one.privateIp === address);
  const securityGroupIds = source?.securityGroupIds ?? endpoint?.securityGroupIds ?? [];
  return groupsAdmit(ec2, instance.securityGroupIds, { port, address, securityGroupIds });
}

function ruleAdmits(rule: SecurityGroupRule, knock: Knock): boolean {
  if (rule.protocol !== "-1") {
    if (rule.protocol !== "tcp" && rule.protocol !== "6") return false;
    if (knock.port < (rule.fromPort ?? 0) || knock.port > (rule.toPort ?? 65_535)) return false;
  }
  switch (rule.source.kind) {
    case "group":
      return knock.securityGroupIds?.includes(rule.source.groupId) ?? false;
    case "ipv4":
      return cidrHolds(rule.source.cidr, knock.address, "ipv4");
    case "ipv6":
      return cidrHolds(rule.source.cidr, knock.address, "ipv6");
    case "prefix-list":
      return false;
  }
}

function cidrHolds(cidr: string, address: string, family: "ipv4" | "ipv6"): boolean {
  if (isIP(address) !== (family === "ipv4" ? 4 : 6)) return false;
  const [network = "", bits = ""] = cidr.split("/");
  const list = new BlockList();
  list.addSubnet(network, Number(bits), family);
  return list.check(address, family);
}
