import type { Region } from "../../region.ts";
import { listOf, settingOf, type Settings } from "../options/settings.ts";
import type { Subnet } from "../../ec2/network.ts";

/** The VPC of an environment: the one in its settings, or the account's default one. */
export function vpcOf(region: Region, settings: Settings): string {
  const vpcs = [...region.ec2.vpcs.values()];
  const named = settingOf(settings, "aws:ec2:vpc", "VPCId") ?? "";
  return named === "" ? (vpcs.find((vpc) => vpc.isDefault)?.vpcId ?? "") : named;
}

/** The subnets that instances are spread over: those in the settings, or a default one per zone. */
export function subnetsOf(region: Region, settings: Settings): Subnet[] {
  const named = listOf(settings, "aws:ec2:vpc", "Subnets");
  const subnets = [...region.ec2.subnets.values()];
  if (named.length > 0) {
    return named.flatMap((id) => subnets.filter((subnet) => subnet.subnetId === id));
  }
  const vpcId = vpcOf(region, settings);
  return subnets.filter((subnet) => subnet.vpcId === vpcId && subnet.defaultForAz);
}

/** The subnet that has the fewest of these instances, the first of them where several have. */
export function emptiestSubnet(
  subnets: readonly Subnet[],
  zonesInUse: readonly string[],
): Subnet | undefined {
  const load = (subnet: Subnet): number =>
    zonesInUse.filter((zone) => zone === subnet.availabilityZone).length;
  return subnets.toSorted((a, b) => load(a) - load(b))[0];
}
