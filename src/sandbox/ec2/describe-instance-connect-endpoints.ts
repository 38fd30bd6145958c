import {
  DescribeInstanceConnectEndpoints$,
  type DescribeInstanceConnectEndpointsRequest,
  type DescribeInstanceConnectEndpointsResult,
} from "@aws-sdk/client-ec2";
import type { Operation } from "../wire/operation.ts";
import { describeConnectEndpoint, sweepEndpoints } from "./describe-connect-endpoint.ts";
import { applyFilters } from "./filter.ts";
import { page } from "./page.ts";
import { select } from "./select.ts";

/** DescribeInstanceConnectEndpoints. */
export const describeInstanceConnectEndpoints: Operation<
  DescribeInstanceConnectEndpointsRequest,
  DescribeInstanceConnectEndpointsResult
> = {
  schema: DescribeInstanceConnectEndpoints$,
  run({ ec2 }, input) {
    sweepEndpoints(ec2);
    const asked = select("eice", ec2.connectEndpoints, input.InstanceConnectEndpointIds);
    const found = applyFilters(asked, input.Filters, {
      "instance-connect-endpoint-id": (endpoint) => [endpoint.endpointId],
      "subnet-id": (endpoint) => [endpoint.subnetId],
      "vpc-id": (endpoint) => [endpoint.vpcId],
      "availability-zone": (endpoint) => [endpoint.availabilityZone],
      state: (endpoint) => [describeConnectEndpoint(ec2, endpoint).State],
    });
    const { items, nextToken } = page(found, input);
    return {
      InstanceConnectEndpoints: items.map((endpoint) => describeConnectEndpoint(ec2, endpoint)),
      NextToken: nextToken,
    };
  },
};
