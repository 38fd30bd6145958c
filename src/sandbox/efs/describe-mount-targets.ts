import {
  DescribeMountTargets$,
  type DescribeMountTargetsRequest,
  type DescribeMountTargetsResponse,
} from "@aws-sdk/client-efs";
import type { Region } from "../region.ts";
import { type Operation, ServiceError } from "../wire/operation.ts";
import { describeMountTarget } from "./describe.ts";
import { findAccessPoint, findFileSystem, findMountTarget, mountTargetsOf } from "./find.ts";
import { page } from "./page.ts";
import type { MountTarget } from "./state.ts";

/** DescribeMountTargets: of a file system, of an access point's file system, or one by id. */
export const describeMountTargets: Operation<DescribeMountTargetsRequest, DescribeMountTargetsResponse> = {
  schema: DescribeMountTargets$,
  run(region, input) {
    const { items, next } = page(asked(region, input), input.Marker, input.MaxItems);
    return {
      MountTargets: items.map((target) => describeMountTarget(region, target)),
      ...(input.Marker === undefined ? {} : { Marker: input.Marker }),
      ...(next === undefined ? {} : { NextMarker: next }),
    };
  },
};

function asked({ efs }: Region, input: DescribeMountTargetsRequest): MountTarget[] {
  const given = [input.FileSystemId, input.MountTargetId, input.AccessPointId].filter(
    (id) => id !== undefined,
  );
  if (given.length !== 1) {
    throw new ServiceError(
      "BadRequest",
      "Specify exactly one of FileSystemId, MountTargetId, AccessPointId.",
    );
  }
  if (input.MountTargetId !== undefined) return [findMountTarget(efs, input.MountTargetId)];
  if (input.AccessPointId !== undefined) {
    return mountTargetsOf(efs, findAccessPoint(efs, input.AccessPointId).fileSystemId);
  }
  return mountTargetsOf(efs, findFileSystem(efs, input.FileSystemId!).fileSystemId);
}
