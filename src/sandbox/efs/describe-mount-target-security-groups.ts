import {
  DescribeMountTargetSecurityGroups$,
  type DescribeMountTargetSecurityGroupsRequest,
  type DescribeMountTargetSecurityGroupsResponse,
} from "@aws-sdk/client-efs";
import type { Operation } from "../wire/operation.ts";
import { findMountTarget } from "./find.ts";

/** DescribeMountTargetSecurityGroups. */
export const describeMountTargetSecurityGroups: Operation<
  DescribeMountTargetSecurityGroupsRequest,
  DescribeMountTargetSecurityGroupsResponse
> = {
  schema: DescribeMountTargetSecurityGroups$,
  run({ efs }, input) {
    return { SecurityGroups: findMountTarget(efs, input.MountTargetId!).securityGroupIds };
  },
};
