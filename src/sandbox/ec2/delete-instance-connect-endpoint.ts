import {
  DeleteInstanceConnectEndpoint$,
  type DeleteInstanceConnectEndpointRequest,
  type DeleteInstanceConnectEndpointResult,
} from "@aws-sdk/client-ec2";
import type { Operation } from "../wire/operation.ts";
import { describeConnectEndpoint, sweepEndpoints } from "./describe-connect-endpoint.ts";
import { find } from "./select.ts";

/** DeleteInstanceConnectEndpoint. */
export const deleteInstanceConnectEndpoint: Operation<
  DeleteInstanceConnectEndpointRequest,
  DeleteInstanceConnectEndpointResult
> = {
  schema: DeleteInstanceConnectEndpoint$,
  run(region, input) {
    const { ec2 } = region;
    sweepEndpoints(ec2);
    const endpoint = find("eice", ec2.connectEndpoints, input.InstanceConnectEndpointId!);
    endpoint.deletedAt ??= Date.now() + region.timings.deletion;
    return { InstanceConnectEndpoint: describeConnectEndpoint(ec2, endpoint) };
  },
};
