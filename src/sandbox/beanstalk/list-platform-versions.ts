import {
  ListPlatformVersions$,
  type ListPlatformVersionsRequest,
  type ListPlatformVersionsResult,
  type PlatformSummary,
} from "@aws-sdk/client-elastic-beanstalk";
import type { Operation } from "../wire/operation.ts";
import { pageOf } from "./page.ts";
import { passesFilters } from "./platform-filter.ts";
import { operatingSystemName, platformArn, PLATFORM_VERSIONS, type PlatformVersion } from "./platforms.ts";

function summary(platform: PlatformVersion, region: string): PlatformSummary {
  return {
    PlatformArn: platformArn(platform, region),
    PlatformOwner: "AWSElasticBeanstalk",
    PlatformStatus: "Ready",
    PlatformCategory: "Node.js",
    OperatingSystemName: operatingSystemName(),
    OperatingSystemVersion: "2023",
    SupportedTierList: ["WebServer/Standard", "Worker/SQS/HTTP"],
    SupportedAddonList: ["Log/S3", "Monitoring/Healthd", "WorkerDaemon/SQSD"],
    PlatformLifecycleState: platform.lifecycle === "" ? undefined : platform.lifecycle,
    PlatformVersion: platform.version,
    PlatformBranchName: platform.branch.name,
    PlatformBranchLifecycleState: platform.branch.lifecycle,
  };
}

/** ListPlatformVersions with AWS's filters. */
export const listPlatformVersions: Operation<ListPlatformVersionsRequest, ListPlatformVersionsResult> = {
  schema: ListPlatformVersions$,
  run(region, input) {
    const filters = (input.Filters ?? []).map((filter) => ({
      name: filter.Type,
      operator: filter.Operator,
      values: filter.Values ?? [],
    }));
    const found = PLATFORM_VERSIONS.filter((platform) =>
      passesFilters(
        {
          PlatformName: platform.branch.name,
          PlatformVersion: platform.version,
          PlatformStatus: "Ready",
          PlatformBranchName: platform.branch.name,
          PlatformLifecycleState: platform.lifecycle,
          PlatformOwner: "AWSElasticBeanstalk",
          SupportedTier: "WebServer/Standard",
          SupportedAddon: "Log/S3",
          ProgrammingLanguageName: "Node.js",
          OperatingSystemName: operatingSystemName(),
        },
        filters,
      ),
    );
    const page = pageOf(found, input.MaxRecords, input.NextToken);
    return {
      PlatformSummaryList: page.items.map((platform) => summary(platform, region.name)),
      NextToken: page.nextToken,
    };
  },
};
