import type { InstanceChange } from "../../ec2/state.ts";
import type { Region } from "../../region.ts";
import type { Environment } from "../environment.ts";
import { liveEnvironments } from "../find.ts";
import type { Member } from "../member.ts";
import { tellUnasked } from "../record-event.ts";
import { addMembers } from "./add-members.ts";
import { currentOrder } from "./current-order.ts";
import { endMember, forgetMember } from "./end-member.ts";

/** Checks of the usual interval between a launch that failed and the next try. */
const RETRY_AFTER = 10;

/** May Auto Scaling change the group? An operation that has its turn looks after it by itself, and calls again in the end. */
function isFree(environment: Environment): boolean {
  return environment.operation?.running !== true && !environment.status.startsWith("Terminat");
}

/** Instances that are not on their way out. */
function staying(environment: Environment): Member[] {
  return [...environment.members.values()].filter((member) => member.state !== "Terminating");
}

async function adjust(region: Region, environment: Environment, signal: AbortSignal): Promise<void> {
  const { work } = region.beanstalk;
  while (!signal.aborted && isFree(environment)) {
    const members = staying(environment);
    const missing = environment.desired - members.length;
    if (missing === 0) {
      return;
    }
    if (missing < 0) {
      const surplus = members.slice(environment.desired);
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
      if (environment.operation !== undefined) {
        // It waits, and may bring what makes a launch succeed.
        return;
      }
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

/** An instance left by itself or by somebody's request: Auto Scaling notices at once and launches another. */
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
    const leave = to === "stopped" || to === "stopping" ? endMember : forgetMember;
    member.state = "Terminating";
    region.beanstalk.work.run(
      () => leave(region, environment, member),
      (cause) => {
        tellUnasked(
          region,
          environment,
          `Instance [${instance.instanceId}] did not end: ${String(cause)}`,
          "ERROR",
        );
      },
    );
    reconcile(region, environment);
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
