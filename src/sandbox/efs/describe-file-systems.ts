import {
  DescribeFileSystems$,
  type DescribeFileSystemsRequest,
  type DescribeFileSystemsResponse,
} from "@aws-sdk/client-efs";
import { type Operation, ServiceError } from "../wire/operation.ts";
import { describeFileSystem } from "./describe.ts";
import { findFileSystem } from "./find.ts";
import { sweep } from "./life-cycle.ts";
import { page } from "./page.ts";

/** DescribeFileSystems: all, one by id, or the one with a creation token. */
export const describeFileSystems: Operation<DescribeFileSystemsRequest, DescribeFileSystemsResponse> = {
  schema: DescribeFileSystems$,
  async run(region, input) {
    const { efs } = region;
    sweep(efs);
    if (input.FileSystemId !== undefined && input.CreationToken !== undefined) {
      throw new ServiceError("BadRequest", "Specify either FileSystemId or CreationToken, not both.");
    }
    const found =
      input.FileSystemId === undefined
        ? [...efs.fileSystems.values()].filter(
            (one) => input.CreationToken === undefined || one.creationToken === input.CreationToken,
          )
        : [findFileSystem(efs, input.FileSystemId)];
    const { items, next } = page(found, input.Marker, input.MaxItems);
    return {
      FileSystems: await Promise.all(items.map((one) => describeFileSystem(region, one))),
      ...(input.Marker === undefined ? {} : { Marker: input.Marker }),
      ...(next === undefined ? {} : { NextMarker: next }),
    };
  },
};
