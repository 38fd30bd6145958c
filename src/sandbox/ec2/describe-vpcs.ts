import { DescribeVpcs$, type DescribeVpcsRequest, type DescribeVpcsResult } from "@aws-sdk/client-ec2";
import type { Operation } from "../wire/operation.ts";
import { applyFilters, type FilterTable } from "./filter.ts";
import type { Vpc } from "./network.ts";
import { page } from "./page.ts";
import { select } from "./select.ts";
import { listTags } from "./tags.ts";

const FILTERS: FilterTable<Vpc> = {
  "vpc-id": (vpc) => [vpc.vpcId],
  cidr: (vpc) => [vpc.cidrBlock],
  "is-default": (vpc) => [String(vpc.isDefault)],
  isDefault: (vpc) => [String(vpc.isDefault)],
  state: () => ["available"],
  "dhcp-options-id": (vpc) => [vpc.dhcpOptionsId],
};

/** DescribeVpcs. */
export const describeVpcs: Operation<DescribeVpcsRequest, DescribeVpcsResult> = {
  schema: DescribeVpcs$,
  run(region, input) {
    const found = applyFilters(select("vpc", region.ec2.vpcs, input.VpcIds), input.Filters, FILTERS);
    const { items, nextToken } = page(found, input);
    return {
      Vpcs: items.map((vpc) => ({
        VpcId: vpc.vpcId,
        CidrBlock: vpc.cidrBlock,
        CidrBlockAssociationSet: [
          {
            AssociationId: vpc.vpcId.replace("vpc-", "vpc-cidr-assoc-"),
            CidrBlock: vpc.cidrBlock,
            CidrBlockState: { State: "associated" },
          },
        ],
        DhcpOptionsId: vpc.dhcpOptionsId,
        InstanceTenancy: "default",
        IsDefault: vpc.isDefault,
        OwnerId: region.accountId,
        State: "available",
        Tags: listTags(vpc.tags),
      })),
      NextToken: nextToken,
    };
  },
};
