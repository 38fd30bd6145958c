import {
  type _InstanceType,
  DescribeInstanceTypeOfferings$,
  type DescribeInstanceTypeOfferingsRequest,
  type DescribeInstanceTypeOfferingsResult,
} from "@aws-sdk/client-ec2";
import type { Operation } from "../wire/operation.ts";
import { applyFilters } from "./filter.ts";
import { INSTANCE_TYPES } from "./instance-types.ts";
import { page } from "./page.ts";

/** DescribeInstanceTypeOfferings: every type of the table, in every zone. */
export const describeInstanceTypeOfferings: Operation<
  DescribeInstanceTypeOfferingsRequest,
  DescribeInstanceTypeOfferingsResult
> = {
  schema: DescribeInstanceTypeOfferings$,
  run(region, input) {
    const locationType = input.LocationType ?? "region";
    const zones = [...region.ec2.subnets.values()];
    const locations: Record<string, string[]> = {
      region: [region.name],
      "availability-zone": zones.map((zone) => zone.availabilityZone),
      "availability-zone-id": zones.map((zone) => zone.availabilityZoneId),
    };
    const offerings = (locations[locationType] ?? []).flatMap((location) =>
      INSTANCE_TYPES.map(({ name }) => ({ name, location, tags: new Map<string, string>() })),
    );
    const found = applyFilters(offerings, input.Filters, {
      "instance-type": (offering) => [offering.name],
      location: (offering) => [offering.location],
    });
    const { items, nextToken } = page(found, input);
    return {
      InstanceTypeOfferings: items.map((offering) => ({
        InstanceType: offering.name as _InstanceType,
        LocationType: locationType,
        Location: offering.location,
      })),
      NextToken: nextToken,
    };
  },
};
