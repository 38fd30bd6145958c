import {
  ListPlatformBranches$,
  type ListPlatformBranchesRequest,
  type ListPlatformBranchesResult,
} from "@aws-sdk/client-elastic-beanstalk";
import type { Operation } from "../wire/operation.ts";
import { pageOf } from "./page.ts";
import { passesFilters } from "./platform-filter.ts";
import { PLATFORM_BRANCHES } from "./platforms.ts";

/** ListPlatformBranches with AWS's filters. */
export const listPlatformBranches: Operation<ListPlatformBranchesRequest, ListPlatformBranchesResult> = {
  schema: ListPlatformBranches$,
  run(_region, input) {
    const filters = (input.Filters ?? []).map((filter) => ({
      name: filter.Attribute,
      operator: filter.Operator,
      values: filter.Values ?? [],
    }));
    const found = PLATFORM_BRANCHES.filter((branch) =>
      passesFilters(
        {
          BranchName: branch.name,
          LifecycleState: branch.lifecycle,
          PlatformName: "Node.js",
          TierType: "WebServer/Standard",
        },
        filters,
      ),
    );
    const page = pageOf(found, input.MaxRecords, input.NextToken);
    return {
      PlatformBranchSummaryList: page.items.map((branch) => ({
        PlatformName: "Node.js",
        BranchName: branch.name,
        LifecycleState: branch.lifecycle,
        BranchOrder: branch.order,
        SupportedTierList: ["WebServer/Standard", "Worker/SQS/HTTP"],
      })),
      NextToken: page.nextToken,
    };
  },
};
