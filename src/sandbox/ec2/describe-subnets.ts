import {
  DescribeSubnets$,
  type DescribeSubnetsRequest,
  type DescribeSubnetsResult,
} from "@aws-sdk/client-ec2";
import type { Operation } from "../wire/operation.ts";
import { applyFilters, type FilterTable } from "./filter.ts";
import type { Subnet } from "./network.ts";
import { page } from "./page.ts";
import { select } from "./select.ts";
import { listTags } from "./tags.ts";

const FILTERS: FilterTable<Subnet> = {
  "subnet-id": (subnet) => [subnet.subnetId],
  "vpc-id": (subnet) => [subnet.vpcId],
  "availability-zone": (subnet) => [subnet.availabilityZone],
  availabilityZone: (subnet) => [subnet.availabilityZone],
  "availability-zone-id": (subnet) => [subnet.availabilityZoneId],
  "default-for-az": (subnet) => [String(subnet.defaultForAz)],
  defaultForAz: (subnet) => [String(subnet.defaultForAz)],
  "map-public-ip-on-launch": (subnet) => [String(subnet.mapPublicIpOnLaunch)],
  "cidr-block": (subnet) => [subnet.cidrBlock],
  state: () => ["available"],
};

/** DescribeSubnets. */
export const describeSubnets: Operation<DescribeSubnetsRequest, DescribeSubnetsResult> = {
  schema: DescribeSubnets$,
  run(region, input) {
    const found = applyFilters(select("subnet", region.ec2.subnets, input.SubnetIds), input.Filters, FILTERS);
    const { items, nextToken } = page(found, input);
    return {
      Subnets: items.map((subnet) => ({
        SubnetId: subnet.subnetId,
        SubnetArn: `arn:aws:ec2:${region.name}:${region.accountId}:subnet/${subnet.subnetId}`,
        VpcId: subnet.vpcId,
        CidrBlock: subnet.cidrBlock,
        AvailabilityZone: subnet.availabilityZone,
        AvailabilityZoneId: subnet.availabilityZoneId,
        // A /20 less the five addresses that AWS keeps.
        AvailableIpAddressCount: 4091 - (subnet.nextAddress - 10),
        DefaultForAz: subnet.defaultForAz,
        MapPublicIpOnLaunch: subnet.mapPublicIpOnLaunch,
        AssignIpv6AddressOnCreation: false,
        OwnerId: region.accountId,
        State: "available",
        Tags: listTags(subnet.tags),
      })),
      NextToken: nextToken,
    };
  },
};
