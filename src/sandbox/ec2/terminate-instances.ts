import {
  TerminateInstances$,
  type TerminateInstancesRequest,
  type TerminateInstancesResult,
} from "@aws-sdk/client-ec2";
import type { Operation } from "../wire/operation.ts";
import { describeState } from "./describe-instance.ts";
import { terminateInstance } from "./end-instance.ts";
import { find } from "./select.ts";

/** TerminateInstances: answers at once, while the instances shut down. */
export const terminateInstances: Operation<TerminateInstancesRequest, TerminateInstancesResult> = {
  schema: TerminateInstances$,
  run(region, input) {
    const instances = (input.InstanceIds ?? []).map((id) => find("i", region.ec2.instances, id));
    return {
      TerminatingInstances: instances.map((instance) => {
        const before = instance.state;
        // A root that could not be removed is no reason to keep the instance: it is terminated either way.
        terminateInstance(region, instance.instanceId).catch(() => undefined);
        return {
          InstanceId: instance.instanceId,
          PreviousState: describeState(before),
          CurrentState: describeState(instance.state),
        };
      }),
    };
  },
};
