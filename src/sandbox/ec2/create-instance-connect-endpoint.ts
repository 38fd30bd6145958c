import {
  CreateInstanceConnectEndpoint$,
  type CreateInstanceConnectEndpointRequest,
  type CreateInstanceConnectEndpointResult,
} from "@aws-sdk/client-ec2";
import { resourceId } from "../identifiers.ts";
import type { Operation } from "../wire/operation.ts";
import { describeConnectEndpoint, sweepEndpoints } from "./describe-connect-endpoint.ts";
import { takeAddress } from "./network.ts";
import { find } from "./select.ts";
import { requestedTags } from "./tags.ts";

/** CreateInstanceConnectEndpoint. Tunnels go through it once it is available. */
export const createInstanceConnectEndpoint: Operation<
  CreateInstanceConnectEndpointRequest,
  CreateInstanceConnectEndpointResult
> = {
  schema: CreateInstanceConnectEndpoint$,
  run(region, input) {
    const { ec2 } = region;
    sweepEndpoints(ec2);
    const subnet = find("subnet", ec2.subnets, input.SubnetId!);
    const defaults = [...ec2.securityGroups.values()].filter(
      (group) => group.vpcId === subnet.vpcId && group.groupName === "default",
    );
    const groups = input.SecurityGroupIds?.map((id) => find("sg", ec2.securityGroups, id)) ?? defaults;
    const now = new Date();
    const endpoint = {
      endpointId: resourceId("eice"),
      subnetId: subnet.subnetId,
      vpcId: subnet.vpcId,
      availabilityZone: subnet.availabilityZone,
      networkInterfaceId: resourceId("eni"),
      privateIp: takeAddress(subnet),
      securityGroupIds: groups.map((group) => group.groupId),
      preserveClientIp: input.PreserveClientIp ?? false,
      createdAt: now,
      availableAt: now.getTime() + region.timings.instance,
      deletedAt: undefined,
      tags: requestedTags(input.TagSpecifications, "instance-connect-endpoint"),
    };
    ec2.connectEndpoints.set(endpoint.endpointId, endpoint);
    return {
      InstanceConnectEndpoint: describeConnectEndpoint(ec2, endpoint),
      ClientToken: input.ClientToken,
    };
  },
};
