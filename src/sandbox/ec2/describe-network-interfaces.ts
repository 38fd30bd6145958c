import {
  DescribeNetworkInterfaces$,
  type DescribeNetworkInterfacesRequest,
  type DescribeNetworkInterfacesResult,
  type NetworkInterfaceType,
} from "@aws-sdk/client-ec2";
import type { Operation } from "../wire/operation.ts";
import { applyFilters, type FilterTable } from "./filter.ts";
import { type NetworkInterface, networkInterfaces } from "./network-interfaces.ts";
import { page } from "./page.ts";
import { select } from "./select.ts";
import { listTags } from "./tags.ts";

const FILTERS: FilterTable<NetworkInterface> = {
  "network-interface-id": (one) => [one.networkInterfaceId],
  "group-id": (one) => one.securityGroupIds,
  "vpc-id": (one) => [one.vpcId],
  "subnet-id": (one) => [one.subnetId],
  "availability-zone": (one) => [one.availabilityZone],
  "attachment.instance-id": (one) => [one.instanceId],
  "private-ip-address": (one) => [one.privateIp],
  "addresses.private-ip-address": (one) => [one.privateIp],
  "association.public-ip": (one) => [one.publicIp],
  description: (one) => [one.description],
  "interface-type": (one) => [one.interfaceType],
  "requester-managed": (one) => [String(one.requester !== undefined)],
  "requester-id": (one) => [one.requester],
  status: () => ["in-use"],
};

/** DescribeNetworkInterfaces. */
export const describeNetworkInterfaces: Operation<
  DescribeNetworkInterfacesRequest,
  DescribeNetworkInterfacesResult
> = {
  schema: DescribeNetworkInterfaces$,
  run(region, input) {
    const all = new Map(networkInterfaces(region).map((one) => [one.networkInterfaceId, one]));
    const asked = select("eni", all, input.NetworkInterfaceIds);
    const { items, nextToken } = page(applyFilters(asked, input.Filters, FILTERS), input);
    return {
      NetworkInterfaces: items.map((one) => ({
        NetworkInterfaceId: one.networkInterfaceId,
        SubnetId: one.subnetId,
        VpcId: one.vpcId,
        AvailabilityZone: one.availabilityZone,
        Description: one.description,
        OwnerId: region.accountId,
        RequesterManaged: one.requester !== undefined,
        RequesterId: one.requester,
        InterfaceType: one.interfaceType as NetworkInterfaceType,
        Status: "in-use",
        SourceDestCheck: true,
        PrivateIpAddress: one.privateIp,
        PrivateIpAddresses:
          one.privateIp === undefined ? [] : [{ Primary: true, PrivateIpAddress: one.privateIp }],
        ...(one.publicIp === undefined
          ? {}
          : { Association: { PublicIp: one.publicIp, IpOwnerId: "amazon" } }),
        ...(one.instanceId === undefined
          ? {}
          : {
              Attachment: {
                AttachmentId: one.networkInterfaceId.replace("eni-", "eni-attach-"),
                InstanceId: one.instanceId,
                InstanceOwnerId: region.accountId,
                DeviceIndex: 0,
                Status: "attached",
                DeleteOnTermination: true,
              },
            }),
        Groups: one.securityGroupIds.map((GroupId) => ({
          GroupId,
          GroupName: region.ec2.securityGroups.get(GroupId)?.groupName,
        })),
        TagSet: listTags(one.tags),
      })),
      NextToken: nextToken,
    };
  },
};
