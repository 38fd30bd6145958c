import type { Instance } from "../ec2/instance.ts";
import type { Region } from "../region.ts";
import { type Operation, ServiceError } from "../wire/operation.ts";
import { groups, page } from "./groups.ts";
import { DESCRIBE_SCALING_ACTIVITIES } from "./schema.ts";

interface Request {
  ActivityIds?: string[];
  AutoScalingGroupName?: string;
  IncludeDeletedGroups?: boolean;
  NextToken?: string;
  MaxRecords?: number;
  Filters?: object[];
}

const GROUP_TAG = "aws:autoscaling:groupName";

/** DescribeScalingActivities: the launches and terminations that the instances tell of, newest first. */
export const describeScalingActivities: Operation<Request, object> = {
  schema: DESCRIBE_SCALING_ACTIVITIES,
  run(region, input) {
    if (input.Filters?.length) {
      throw new ServiceError(
        "UnsupportedOperation",
        "The sandbox does not filter DescribeScalingActivities.",
      );
    }
    const alive = groups(region).map((group) => group.name);
    const asked = input.AutoScalingGroupName;
    if (asked !== undefined && !input.IncludeDeletedGroups && !alive.includes(asked)) {
      throw new ServiceError("ValidationError", `AutoScalingGroup name not found - null`);
    }
    const activities = [...region.ec2.instances.values()]
      .filter((instance) => {
        const group = instance.tags.get(GROUP_TAG);
        if (group === undefined || (asked !== undefined && group !== asked)) return false;
        return input.IncludeDeletedGroups === true || alive.includes(group);
      })
      .flatMap((instance) => activitiesOf(region, instance))
      .filter((one) => !input.ActivityIds?.length || input.ActivityIds.includes(one.ActivityId))
      .toSorted((a, b) => b.StartTime.getTime() - a.StartTime.getTime());
    const { items, next } = page(activities, input);
    return { Activities: items, ...next };
  },
};

function activitiesOf({ timings }: Region, instance: Instance) {
  const base = { AutoScalingGroupName: instance.tags.get(GROUP_TAG) };
  const launched = instance.runningSince;
  const failed = launched === undefined && instance.state === "terminated";
  const launch = {
    ...base,
    ActivityId: `launch-${instance.instanceId}`,
    Description: `Launching a new EC2 instance: ${instance.instanceId}`,
    Cause: "an instance was started in response to a difference between desired and actual capacity",
    StartTime: instance.launchTime,
    EndTime: launched === undefined ? undefined : new Date(launched),
    StatusCode: launchStatus(launched, failed),
    StatusMessage: failed ? instance.stateReason?.message : undefined,
    Progress: launched === undefined && !failed ? 30 : 100,
  };
  if (instance.terminatedAt === undefined || failed) return [launch];
  return [
    launch,
    {
      ...base,
      ActivityId: `terminate-${instance.instanceId}`,
      Description: `Terminating EC2 instance: ${instance.instanceId}`,
      Cause: "an instance was taken out of service",
      StartTime: new Date(instance.terminatedAt - timings.deletion),
      EndTime: new Date(instance.terminatedAt),
      StatusCode: "Successful",
      StatusMessage: undefined,
      Progress: 100,
    },
  ];
}

function launchStatus(launched: number | undefined, failed: boolean): string {
  if (failed) return "Failed";
  return launched === undefined ? "InProgress" : "Successful";
}
