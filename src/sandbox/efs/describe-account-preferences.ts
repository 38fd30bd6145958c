import {
  DescribeAccountPreferences$,
  type DescribeAccountPreferencesRequest,
  type DescribeAccountPreferencesResponse,
} from "@aws-sdk/client-efs";
import type { Operation } from "../wire/operation.ts";

/** DescribeAccountPreferences. */
export const describeAccountPreferences: Operation<
  DescribeAccountPreferencesRequest,
  DescribeAccountPreferencesResponse
> = {
  schema: DescribeAccountPreferences$,
  run({ efs }, input) {
    return {
      ResourceIdPreference: {
        ResourceIdType: efs.accountPreferences,
        Resources: ["FILE_SYSTEM", "MOUNT_TARGET"],
      },
      ...(input.NextToken === undefined ? {} : { NextToken: input.NextToken }),
    };
  },
};
