import {
  DescribeAddresses$,
  type DescribeAddressesRequest,
  type DescribeAddressesResult,
} from "@aws-sdk/client-ec2";
import { type Operation, ServiceError } from "../wire/operation.ts";
import { applyFilters, type FilterTable } from "./filter.ts";
import { select } from "./select.ts";
import type { ElasticAddress } from "./state.ts";
import { listTags } from "./tags.ts";

const FILTERS: FilterTable<ElasticAddress> = {
  "allocation-id": (address) => [address.allocationId],
  "association-id": (address) => [address.associationId],
  "instance-id": (address) => [address.instanceId],
  "public-ip": (address) => [address.publicIp],
  domain: () => ["vpc"],
};

/** DescribeAddresses: the elastic addresses of single-instance environments. */
export const describeAddresses: Operation<DescribeAddressesRequest, DescribeAddressesResult> = {
  schema: DescribeAddresses$,
  run({ ec2 }, input) {
    const asked = select("eipalloc", ec2.addresses, input.AllocationIds).filter(
      (address) => !input.PublicIps?.length || input.PublicIps.includes(address.publicIp),
    );
    const missing = input.PublicIps?.find((ip) => !asked.some((address) => address.publicIp === ip));
    if (missing !== undefined) {
      throw new ServiceError("InvalidAddress.NotFound", `Address '${missing}' not found.`);
    }
    return {
      Addresses: applyFilters(asked, input.Filters, FILTERS).map((address) => {
        const instance = ec2.instances.get(address.instanceId ?? "");
        return {
          AllocationId: address.allocationId,
          PublicIp: address.publicIp,
          Domain: "vpc" as const,
          PublicIpv4Pool: "amazon",
          NetworkBorderGroup: ec2.regionName,
          ...(instance
            ? {
                AssociationId: address.associationId,
                InstanceId: instance.instanceId,
                NetworkInterfaceId: instance.networkInterfaceId,
                NetworkInterfaceOwnerId: ec2.accountId,
                PrivateIpAddress: instance.privateIp,
              }
            : {}),
          Tags: listTags(address.tags),
        };
      }),
    };
  },
};
