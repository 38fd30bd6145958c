import { DeleteAccessPoint$, type DeleteAccessPointRequest } from "@aws-sdk/client-efs";
import type { Operation } from "../wire/operation.ts";
import { findAccessPoint } from "./find.ts";

/** DeleteAccessPoint; what its directory holds stays. */
export const deleteAccessPoint: Operation<DeleteAccessPointRequest, void> = {
  schema: DeleteAccessPoint$,
  run(region, input) {
    const accessPoint = findAccessPoint(region.efs, input.AccessPointId!);
    accessPoint.deletedAt ??= Date.now() + region.timings.deletion;
  },
};
