import type { InstanceChange } from "../../ec2/state.ts";
import type { Region } from "../../region.ts";
import type { Environment } from "../environment.ts";
import { liveEnvironments } from "../find.ts";
import { tellUnasked } from "../record-event.ts";
import { addMembers } from "./add-members.ts";
import { currentOrder } from "./current-order.ts";
import { endMember, forgetMember } from "./end-member.ts";

/** Checks of the usual interval between a launch that failed and the next try. */
const RETRY_AFTER = 10;

async function adjust(region: Region, environment: Environment, signal: AbortSignal): Promise<void> {
  const { work } = region.beanstalk;
  // An operation looks after the group by itself, and calls again when it is done.
  while (
    !signal.aborted &&
    environment.status === "Ready" &&
    environment.members.size !== environment.desired
  ) {
    const missing = environment.desired - environment.members.size;
    if (missing < 0) {
      const surplus = [...environment.members.values()].slice(environment.desired);
      await Promise.all(surplus.map((member) => endMember(region, environment, member)));
      continue;
    }
    try {
      const order = await currentOrder(region, environment, signal);
      await addMembers(region, environment, { count: missing, order });
    } catch (cause) {
      if (signal.aborted) {
        return;
      }
      const reason = cause instanceof Error ? cause.message : String(cause);
      tellUnasked(region, environment, `Launching a new EC2 instance failed. Reason: ${reason}`, "ERROR");
      await work.sleep(region.timings.healthCheck * RETRY_AFTER, signal);
    }
  }
}

/** Brings the number of instances to what the environment's Auto Scaling group wants, in the background. */
export function reconcile(region: Region, environment: Environment): void {
  const { work } = region.beanstalk;
  if (environment.scaling !== undefined || environment.resources === undefined || work.signal.aborted) {
    return;
  }
  const scaling = new AbortController();
  environment.scaling = scaling;
  work.run(
    async () => {
      try {
        await adjust(region, environment, AbortSignal.any([work.signal, scaling.signal]));
      } finally {
        environment.scaling = undefined;
      }
    },
    (cause) => {
      if (scaling.signal.aborted) {
        return;
      }
      tellUnasked(region, environment, `Auto Scaling ended: ${String(cause)}`, "ERROR");
    },
  );
}

/** An instance left by itself or by somebody's request: Auto Scaling notices and launches another. */
function onChange(region: Region, { instance, to }: InstanceChange): void {
  if (to === "pending" || to === "running") {
    return;
  }
  for (const environment of liveEnvironments(region.beanstalk)) {
    const member = environment.members.get(instance.instanceId);
    if (member === undefined || member.state !== "InService") {
      continue;
    }
    tellUnasked(region, environment, `Removed instance [${instance.instanceId}] from your environment.`);
    const stopped = to === "stopped" || to === "stopping";
    region.beanstalk.work.run(
      async () => {
        await (stopped ? endMember(region, environment, member) : forgetMember(region, environment, member));
        reconcile(region, environment);
      },
      () => {
        reconcile(region, environment);
      },
    );
  }
}

/** Makes the region's Auto Scaling groups notice what happens to their instances. */
export function watchInstances(region: Region): void {
  if (!region.beanstalk.watching) {
    region.beanstalk.watching = true;
    region.ec2.listeners.add((change) => {
      onChange(region, change);
    });
  }
}
