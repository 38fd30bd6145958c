import { RebootInstances$, type RebootInstancesRequest } from "@aws-sdk/client-ec2";
import { type Operation, ServiceError } from "../wire/operation.ts";
import { rebootInstance } from "./end-instance.ts";
import { find } from "./select.ts";

/** RebootInstances: answers at once, while the instances boot. */
export const rebootInstances: Operation<RebootInstancesRequest, void> = {
  schema: RebootInstances$,
  run(region, input) {
    const instances = (input.InstanceIds ?? []).map((id) => find("i", region.ec2.instances, id));
    for (const instance of instances) {
      if (instance.state !== "running") {
        throw new ServiceError(
          "IncorrectState",
          `The instance '${instance.instanceId}' is not in a state from which it can be rebooted.`,
        );
      }
    }
    // What goes wrong inside shows on the instance's console, as on AWS.
    for (const { instanceId } of instances) rebootInstance(region, instanceId).catch(() => undefined);
  },
};
