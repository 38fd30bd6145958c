import { DeleteMountTarget$, type DeleteMountTargetRequest } from "@aws-sdk/client-efs";
import type { Operation } from "../wire/operation.ts";
import { findMountTarget } from "./find.ts";

/** DeleteMountTarget: it is `deleting` for a while, and its network interface is there as long. */
export const deleteMountTarget: Operation<DeleteMountTargetRequest, void> = {
  schema: DeleteMountTarget$,
  run(region, input) {
    const target = findMountTarget(region.efs, input.MountTargetId!);
    target.deletedAt ??= Date.now() + region.timings.deletion;
  },
};
