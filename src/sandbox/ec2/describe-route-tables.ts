import {
  DescribeRouteTables$,
  type DescribeRouteTablesRequest,
  type DescribeRouteTablesResult,
} from "@aws-sdk/client-ec2";
import type { Operation } from "../wire/operation.ts";
import { applyFilters, type FilterTable } from "./filter.ts";
import type { RouteTable } from "./network.ts";
import { page } from "./page.ts";
import { select } from "./select.ts";
import { listTags } from "./tags.ts";

const FILTERS: FilterTable<RouteTable> = {
  "route-table-id": (table) => [table.routeTableId],
  "vpc-id": (table) => [table.vpcId],
  "association.main": () => ["true"],
  // The main table serves every subnet, without naming any.
  "association.subnet-id": () => [],
  "route.gateway-id": (table) => ["local", table.gatewayId],
  "route.destination-cidr-block": () => ["172.31.0.0/16", "0.0.0.0/0"],
};

/** DescribeRouteTables: the VPC's main table, with a route to the internet gateway. */
export const describeRouteTables: Operation<DescribeRouteTablesRequest, DescribeRouteTablesResult> = {
  schema: DescribeRouteTables$,
  run(region, input) {
    const all = select("rtb", region.ec2.routeTables, input.RouteTableIds);
    const { items, nextToken } = page(applyFilters(all, input.Filters, FILTERS), input);
    return {
      RouteTables: items.map((table) => ({
        RouteTableId: table.routeTableId,
        VpcId: table.vpcId,
        OwnerId: region.accountId,
        Associations: [
          {
            Main: true,
            RouteTableAssociationId: table.associationId,
            RouteTableId: table.routeTableId,
            AssociationState: { State: "associated" },
          },
        ],
        Routes: [
          {
            DestinationCidrBlock: region.ec2.vpcs.get(table.vpcId)?.cidrBlock,
            GatewayId: "local",
            Origin: "CreateRouteTable",
            State: "active",
          },
          {
            DestinationCidrBlock: "0.0.0.0/0",
            GatewayId: table.gatewayId,
            Origin: "CreateRoute",
            State: "active",
          },
        ],
        PropagatingVgws: [],
        Tags: listTags(table.tags),
      })),
      NextToken: nextToken,
    };
  },
};
