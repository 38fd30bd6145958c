import {
  DescribeVpcAttribute$,
  type DescribeVpcAttributeRequest,
  type DescribeVpcAttributeResult,
} from "@aws-sdk/client-ec2";
import type { Operation } from "../wire/operation.ts";
import { find } from "./select.ts";

/** DescribeVpcAttribute: DNS support and DNS host names, which EFS's names need. */
export const describeVpcAttribute: Operation<DescribeVpcAttributeRequest, DescribeVpcAttributeResult> = {
  schema: DescribeVpcAttribute$,
  run({ ec2 }, input) {
    const vpc = find("vpc", ec2.vpcs, input.VpcId!);
    switch (input.Attribute) {
      case "enableDnsSupport":
        return { VpcId: vpc.vpcId, EnableDnsSupport: { Value: vpc.dnsSupport } };
      case "enableDnsHostnames":
        return { VpcId: vpc.vpcId, EnableDnsHostnames: { Value: vpc.dnsHostnames } };
      case "enableNetworkAddressUsageMetrics":
      case undefined:
        return { VpcId: vpc.vpcId, EnableNetworkAddressUsageMetrics: { Value: false } };
    }
    return { VpcId: vpc.vpcId };
  },
};
