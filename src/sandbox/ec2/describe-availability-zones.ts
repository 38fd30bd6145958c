import {
  DescribeAvailabilityZones$,
  type DescribeAvailabilityZonesRequest,
  type DescribeAvailabilityZonesResult,
} from "@aws-sdk/client-ec2";
import { type Operation, ServiceError } from "../wire/operation.ts";
import { applyFilters, type FilterTable } from "./filter.ts";
import type { Subnet } from "./network.ts";

type Zone = Subnet;

/** DescribeAvailabilityZones: the three zones of the default VPC's subnets. */
export const describeAvailabilityZones: Operation<
  DescribeAvailabilityZonesRequest,
  DescribeAvailabilityZonesResult
> = {
  schema: DescribeAvailabilityZones$,
  run(region, input) {
    const filters: FilterTable<Zone> = {
      "zone-name": (zone) => [zone.availabilityZone],
      "zone-id": (zone) => [zone.availabilityZoneId],
      "region-name": () => [region.name],
      "group-name": () => [`${region.name}-zg-1`],
      "zone-type": () => ["availability-zone"],
      "opt-in-status": () => ["opt-in-not-required"],
      state: () => ["available"],
    };
    const zones = [...region.ec2.subnets.values()];
    for (const name of input.ZoneNames ?? []) {
      if (!zones.some((zone) => zone.availabilityZone === name)) {
        throw new ServiceError("InvalidParameterValue", `Invalid availability zone: [${name}]`);
      }
    }
    const named = zones.filter(
      (zone) =>
        (input.ZoneNames?.includes(zone.availabilityZone) ?? true) &&
        (input.ZoneIds?.includes(zone.availabilityZoneId) ?? true),
    );
    return {
      AvailabilityZones: applyFilters(named, input.Filters, filters).map((zone) => ({
        ZoneName: zone.availabilityZone,
        ZoneId: zone.availabilityZoneId,
        RegionName: region.name,
        GroupName: `${region.name}-zg-1`,
        NetworkBorderGroup: region.name,
        ZoneType: "availability-zone",
        OptInStatus: "opt-in-not-required",
        State: "available",
        Messages: [],
      })),
    };
  },
};
