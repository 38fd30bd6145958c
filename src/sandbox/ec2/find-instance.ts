import { ServiceError } from "../wire/operation.ts";
import type { Instance } from "./instance.ts";
import type { Ec2State } from "./state.ts";

/** The instance, or EC2's error: `InvalidInstanceID.Malformed` or `InvalidInstanceID.NotFound`. */
export function findInstance(ec2: Ec2State, instanceId: string): Instance {
  if (!/^i-[0-9a-f]{8}(?:[0-9a-f]{9})?$/.test(instanceId)) {
    throw new ServiceError("InvalidInstanceID.Malformed", `Invalid id: "${instanceId}"`);
  }
  const instance = ec2.instances.get(instanceId);
  if (!instance) {
    throw new ServiceError("InvalidInstanceID.NotFound", `The instance ID '${instanceId}' does not exist`);
  }
  return instance;
}
