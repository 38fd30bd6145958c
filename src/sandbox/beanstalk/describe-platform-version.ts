import {
  DescribePlatformVersion$,
  type DescribePlatformVersionRequest,
  type DescribePlatformVersionResult,
} from "@aws-sdk/client-elastic-beanstalk";
import type { Operation } from "../wire/operation.ts";
import { choosePlatform } from "./choose-platform.ts";
import { missingParameter } from "./errors.ts";
import { operatingSystemName, platformArn, solutionStackName } from "./platforms.ts";

/** DescribePlatformVersion. The language's version is the one of this machine's node, which instances run. */
export const describePlatformVersion: Operation<
  DescribePlatformVersionRequest,
  DescribePlatformVersionResult
> = {
  schema: DescribePlatformVersion$,
  run(region, { PlatformArn }) {
    const platform = choosePlatform({ PlatformArn }, region.name);
    if (platform === undefined) {
      throw missingParameter("PlatformArn is required.");
    }
    return {
      PlatformDescription: {
        PlatformArn: platformArn(platform, region.name),
        PlatformOwner: "AWSElasticBeanstalk",
        PlatformName: platform.branch.name,
        PlatformVersion: platform.version,
        SolutionStackName: solutionStackName(platform),
        PlatformStatus: "Ready",
        DateCreated: platform.created,
        DateUpdated: platform.created,
        PlatformCategory: "Node.js",
        Description: `${solutionStackName(platform)}, as the bertops sandbox emulates it`,
        Maintainer: "AWS Elastic Beanstalk",
        OperatingSystemName: operatingSystemName(),
        OperatingSystemVersion: "2023",
        ProgrammingLanguages: [{ Name: "Node.js", Version: process.versions.node }],
        Frameworks: [],
        CustomAmiList: [
          { VirtualizationType: "hvm", ImageId: "ami-0a86a86a86a86a860" },
          { VirtualizationType: "hvm", ImageId: "ami-0a64a64a64a64a640" },
        ],
        SupportedTierList: ["WebServer/Standard", "Worker/SQS/HTTP"],
        SupportedAddonList: ["Log/S3", "Monitoring/Healthd", "WorkerDaemon/SQSD"],
        PlatformLifecycleState: platform.lifecycle === "" ? undefined : platform.lifecycle,
        PlatformBranchName: platform.branch.name,
        PlatformBranchLifecycleState: platform.branch.lifecycle,
      },
    };
  },
};
