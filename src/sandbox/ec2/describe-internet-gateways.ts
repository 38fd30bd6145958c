import {
  DescribeInternetGateways$,
  type DescribeInternetGatewaysRequest,
  type DescribeInternetGatewaysResult,
} from "@aws-sdk/client-ec2";
import type { Operation } from "../wire/operation.ts";
import { applyFilters, type FilterTable } from "./filter.ts";
import type { InternetGateway } from "./network.ts";
import { page } from "./page.ts";
import { select } from "./select.ts";
import { listTags } from "./tags.ts";

const FILTERS: FilterTable<InternetGateway> = {
  "internet-gateway-id": (gateway) => [gateway.internetGatewayId],
  "attachment.vpc-id": (gateway) => [gateway.vpcId],
  "attachment.state": () => ["available"],
};

/** DescribeInternetGateways. */
export const describeInternetGateways: Operation<
  DescribeInternetGatewaysRequest,
  DescribeInternetGatewaysResult
> = {
  schema: DescribeInternetGateways$,
  run(region, input) {
    const all = select("igw", region.ec2.internetGateways, input.InternetGatewayIds);
    const { items, nextToken } = page(applyFilters(all, input.Filters, FILTERS), input);
    return {
      InternetGateways: items.map((gateway) => ({
        InternetGatewayId: gateway.internetGatewayId,
        Attachments: [{ VpcId: gateway.vpcId, State: "available" as never }],
        OwnerId: region.accountId,
        Tags: listTags(gateway.tags),
      })),
      NextToken: nextToken,
    };
  },
};
