import {
  DescribeAccessPoints$,
  type DescribeAccessPointsRequest,
  type DescribeAccessPointsResponse,
} from "@aws-sdk/client-efs";
import { type Operation, ServiceError } from "../wire/operation.ts";
import { describeAccessPoint } from "./describe.ts";
import { findAccessPoint, findFileSystem } from "./find.ts";
import { sweep } from "./life-cycle.ts";
import { page } from "./page.ts";

/** DescribeAccessPoints: all, those of a file system, or one by id. */
export const describeAccessPoints: Operation<DescribeAccessPointsRequest, DescribeAccessPointsResponse> = {
  schema: DescribeAccessPoints$,
  run(region, input) {
    const { efs } = region;
    sweep(efs);
    if (input.AccessPointId !== undefined && input.FileSystemId !== undefined) {
      throw new ServiceError("BadRequest", "Specify either AccessPointId or FileSystemId, not both.");
    }
    const wanted = input.FileSystemId === undefined ? undefined : findFileSystem(efs, input.FileSystemId);
    const found =
      input.AccessPointId === undefined
        ? [...efs.accessPoints.values()].filter((one) => !wanted || one.fileSystemId === wanted.fileSystemId)
        : [findAccessPoint(efs, input.AccessPointId)];
    const { items, next } = page(found, input.NextToken, input.MaxResults);
    return {
      AccessPoints: items.map((one) => describeAccessPoint(region, one)),
      ...(next === undefined ? {} : { NextToken: next }),
    };
  },
};
