import type { Subnet } from "../aws/network.ts";
import type { Config } from "../config/config.ts";
import { EXIT, UserError } from "../errors.ts";

/** Chooses the subnets: those of bertops.yaml, else the default one of every zone that offers the instance type. */
export function chooseSubnets(
  config: Config,
  vpcId: string,
  subnets: readonly Subnet[],
  zonesOffering: readonly string[],
): readonly Subnet[] {
  const { instanceType, instances } = config.service;
  const named = config.network.subnets;
  for (const id of named ?? [])
    if (!subnets.some((subnet) => subnet.id === id))
      throw refusal(
        "no-subnet",
        `There is no subnet ${id} in ${vpcId}.`,
        "Check network.subnets and network.vpcId.",
      );
  const candidates =
    named === undefined ? preferDefault(subnets) : subnets.filter((subnet) => named.includes(subnet.id));
  if (candidates.length === 0)
    throw refusal(
      "no-subnets",
      `${vpcId} has no subnets to use.`,
      "Create one, or name subnets of another VPC: network.vpcId and network.subnets.",
    );
  const chosen = candidates.filter(({ zone }) => zonesOffering.includes(zone));
  if (chosen.length === 0)
    throw refusal(
      "type-not-offered",
      `No zone of ${candidates.map(({ zone }) => zone).join(", ")} offers ${instanceType}.`,
      "Choose another service.instanceType or other subnets.",
    );
  if (instances.max > 1 && new Set(chosen.map(({ zone }) => zone)).size < 2)
    throw refusal(
      "one-zone",
      "A load balancer needs subnets in two zones.",
      "Add subnets to network.subnets, or set service.instances.max to 1.",
    );
  return chosen;
}

/** One subnet of each zone, where EFS allows one mount target. */
export function onePerZone(subnets: readonly Subnet[]): readonly Subnet[] {
  return subnets.filter(({ zone }, index) => subnets.findIndex((other) => other.zone === zone) === index);
}

function preferDefault(subnets: readonly Subnet[]): readonly Subnet[] {
  const defaults = subnets.filter(({ defaultForZone }) => defaultForZone);
  return defaults.length > 0 ? defaults : subnets;
}

function refusal(reason: string, message: string, hint: string): UserError {
  return new UserError({ reason, message, hint, exitCode: EXIT.usage });
}
