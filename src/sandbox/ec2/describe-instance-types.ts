import {
  type _InstanceType,
  DescribeInstanceTypes$,
  type DescribeInstanceTypesRequest,
  type DescribeInstanceTypesResult,
} from "@aws-sdk/client-ec2";
import { type Operation, ServiceError } from "../wire/operation.ts";
import { applyFilters, type FilterTable } from "./filter.ts";
import { findInstanceType, INSTANCE_TYPES, type InstanceType } from "./instance-types.ts";
import { page } from "./page.ts";

type Tagged = InstanceType & { readonly tags: ReadonlyMap<string, string> };

const NO_TAGS: ReadonlyMap<string, string> = new Map();

const FILTERS: FilterTable<Tagged> = {
  "instance-type": (type) => [type.name],
  "processor-info.supported-architecture": (type) => [type.architecture],
  "current-generation": () => ["true"],
  "burstable-performance-supported": (type) => [String(type.burstable)],
  "vcpu-info.default-vcpus": (type) => [String(type.vCpus)],
  "memory-info.size-in-mib": (type) => [String(type.memoryMiB)],
  "free-tier-eligible": (type) => [String(type.name === "t3.micro")],
  "bare-metal": () => ["false"],
  hypervisor: () => ["nitro"],
  "supported-usage-class": () => ["on-demand", "spot"],
};

/** DescribeInstanceTypes: the sandbox's own table, current families in common sizes. */
export const describeInstanceTypes: Operation<DescribeInstanceTypesRequest, DescribeInstanceTypesResult> = {
  schema: DescribeInstanceTypes$,
  run(_region, input) {
    const missing = input.InstanceTypes?.filter((name) => !findInstanceType(name)) ?? [];
    if (missing.length > 0) {
      throw new ServiceError(
        "InvalidInstanceType",
        `The following supplied instance types do not exist: [${missing.join(", ")}]`,
      );
    }
    const asked = INSTANCE_TYPES.filter(
      (type) => !input.InstanceTypes?.length || input.InstanceTypes.includes(type.name as _InstanceType),
    ).map((type) => ({ ...type, tags: NO_TAGS }));
    const { items, nextToken } = page(applyFilters(asked, input.Filters, FILTERS), {
      MaxResults: input.MaxResults ?? (input.InstanceTypes?.length ? undefined : 100),
      NextToken: input.NextToken,
    });
    return {
      InstanceTypes: items.map((type) => ({
        InstanceType: type.name as _InstanceType,
        CurrentGeneration: true,
        FreeTierEligible: type.name === "t3.micro",
        SupportedUsageClasses: ["on-demand", "spot"],
        SupportedRootDeviceTypes: ["ebs"],
        SupportedVirtualizationTypes: ["hvm"],
        BareMetal: false,
        Hypervisor: "nitro",
        ProcessorInfo: { SupportedArchitectures: [type.architecture], Manufacturer: type.processor },
        VCpuInfo: { DefaultVCpus: type.vCpus },
        MemoryInfo: { SizeInMiB: type.memoryMiB },
        InstanceStorageSupported: false,
        NetworkInfo: {
          NetworkPerformance: type.networkPerformance,
          MaximumNetworkCards: 1,
          EnaSupport: "required",
        },
        BurstablePerformanceSupported: type.burstable,
        DedicatedHostsSupported: !type.burstable,
        AutoRecoverySupported: true,
      })),
      NextToken: nextToken,
    };
  },
};
