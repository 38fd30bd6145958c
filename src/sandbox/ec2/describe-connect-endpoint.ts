import type { Ec2InstanceConnectEndpoint } from "@aws-sdk/client-ec2";
import type { ConnectEndpoint, Ec2State } from "./state.ts";
import { listTags } from "./tags.ts";

/** An Instance Connect endpoint as describe calls show it; its state follows from the clock. */
export function describeConnectEndpoint(
  ec2: Ec2State,
  endpoint: ConnectEndpoint,
): Ec2InstanceConnectEndpoint {
  const { endpointId } = endpoint;
  return {
    InstanceConnectEndpointId: endpointId,
    InstanceConnectEndpointArn: `arn:aws:ec2:${ec2.regionName}:${ec2.accountId}:instance-connect-endpoint/${endpointId}`,
    OwnerId: ec2.accountId,
    State: endpointState(endpoint),
    StateMessage: "",
    DnsName: `${endpointId}.ec2-instance-connect-endpoint.${ec2.regionName}.amazonaws.com`,
    FipsDnsName: `${endpointId}.fips.ec2-instance-connect-endpoint.${ec2.regionName}.amazonaws.com`,
    SubnetId: endpoint.subnetId,
    VpcId: endpoint.vpcId,
    AvailabilityZone: endpoint.availabilityZone,
    NetworkInterfaceIds: [endpoint.networkInterfaceId],
    SecurityGroupIds: [...endpoint.securityGroupIds],
    PreserveClientIp: endpoint.preserveClientIp,
    CreatedAt: endpoint.createdAt,
    Tags: listTags(endpoint.tags),
  };
}

/** Forgets endpoints whose deletion is over. */
export function sweepEndpoints(ec2: Ec2State): void {
  for (const [id, endpoint] of ec2.connectEndpoints) {
    if (endpoint.deletedAt !== undefined && endpoint.deletedAt <= Date.now()) ec2.connectEndpoints.delete(id);
  }
}

/** Where an endpoint is in its life; tunnels need `create-complete`. */
export function endpointState(
  endpoint: ConnectEndpoint,
): "create-in-progress" | "create-complete" | "delete-in-progress" {
  if (endpoint.deletedAt !== undefined) return "delete-in-progress";
  return endpoint.availableAt > Date.now() ? "create-in-progress" : "create-complete";
}
