import type { Instance, InstanceStateName } from "./instance.ts";
import type { Ec2State } from "./state.ts";

/** Moves an instance to another state and tells the listeners. */
export function changeState(ec2: Ec2State, instance: Instance, to: InstanceStateName): void {
  const from = instance.state;
  if (from === to) return;
  instance.state = to;
  for (const listener of ec2.listeners) listener({ instance, from, to });
}
