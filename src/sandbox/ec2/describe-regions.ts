import {
  DescribeRegions$,
  type DescribeRegionsRequest,
  type DescribeRegionsResult,
} from "@aws-sdk/client-ec2";
import { type Operation, ServiceError } from "../wire/operation.ts";
import { applyFilters } from "./filter.ts";

/** DescribeRegions: the sandbox is one region, and says so. */
export const describeRegions: Operation<DescribeRegionsRequest, DescribeRegionsResult> = {
  schema: DescribeRegions$,
  run({ name }, input) {
    for (const asked of input.RegionNames ?? []) {
      if (asked !== name) throw new ServiceError("InvalidParameterValue", `Invalid region: [${asked}]`);
    }
    const regions = applyFilters([{ name, tags: new Map<string, string>() }], input.Filters, {
      "region-name": (region) => [region.name],
      endpoint: (region) => [`ec2.${region.name}.amazonaws.com`],
      "opt-in-status": () => ["opt-in-not-required"],
    });
    return {
      Regions: regions.map((region) => ({
        RegionName: region.name,
        Endpoint: `ec2.${region.name}.amazonaws.com`,
        OptInStatus: "opt-in-not-required",
      })),
    };
  },
};
