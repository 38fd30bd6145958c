import {
  DescribeAccountAttributes$,
  type DescribeAccountAttributesResult,
} from "@aws-sdk/client-elastic-beanstalk";
import type { Operation } from "../wire/operation.ts";

/** DescribeAccountAttributes: a new account's quotas. The sandbox does not enforce them. */
export const describeAccountAttributes: Operation<unknown, DescribeAccountAttributesResult> = {
  schema: DescribeAccountAttributes$,
  run: () => ({
    ResourceQuotas: {
      ApplicationQuota: { Maximum: 75 },
      ApplicationVersionQuota: { Maximum: 1000 },
      EnvironmentQuota: { Maximum: 200 },
      ConfigurationTemplateQuota: { Maximum: 2000 },
      CustomPlatformQuota: { Maximum: 50 },
    },
  }),
};
