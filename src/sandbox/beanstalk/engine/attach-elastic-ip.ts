import { resourceId } from "../../identifiers.ts";
import type { Region } from "../../region.ts";
import type { Environment } from "../environment.ts";
import type { Member } from "../member.ts";
import { frontOf } from "../options/effective.ts";
import { tell } from "../record-event.ts";

/** Gives a single-instance environment's instance its Elastic IP: the address at which this machine reaches it. */
export function attachElasticIp(region: Region, environment: Environment, member: Member | undefined): void {
  const { resources } = environment;
  if (resources === undefined || member?.host === undefined || frontOf(environment.settings) !== "single") {
    return;
  }
  const allocationId = resourceId("eipalloc");
  if (resources.elasticIp === undefined) {
    tell(region, environment, `Created EIP: ${member.host.address}`);
  } else {
    region.ec2.addresses.delete(resources.elasticIp);
  }
  resources.elasticIp = allocationId;
  region.ec2.addresses.set(allocationId, {
    allocationId,
    associationId: resourceId("eipassoc"),
    publicIp: member.host.address,
    instanceId: member.instanceId,
    tags: new Map([
      ["elasticbeanstalk:environment-id", environment.id],
      ["elasticbeanstalk:environment-name", environment.name],
      ["Name", environment.name],
    ]),
  });
}
