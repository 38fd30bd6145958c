import type { Operation } from "../wire/operation.ts";
import { describeMember, groups, page } from "./groups.ts";
import { DESCRIBE_AUTO_SCALING_INSTANCES } from "./schema.ts";

interface Request {
  InstanceIds?: string[];
  NextToken?: string;
  MaxRecords?: number;
}

/** DescribeAutoScalingInstances: the instances of Beanstalk's environments. */
export const describeAutoScalingInstances: Operation<Request, object> = {
  schema: DESCRIBE_AUTO_SCALING_INSTANCES,
  run(region, input) {
    const ids = input.InstanceIds ?? [];
    const found = groups(region)
      .flatMap(({ name, environment }) =>
        [...environment.members.values()].map((member) => ({ name, environment, member })),
      )
      .filter(({ member }) => ids.length === 0 || ids.includes(member.instanceId));
    const { items, next } = page(found, { MaxRecords: 50, ...input });
    return {
      AutoScalingInstances: items.map(({ name, environment, member }) => ({
        ...describeMember(region, environment, member),
        // In this call, unlike the others, Auto Scaling writes the status in capitals.
        HealthStatus: describeMember(region, environment, member).HealthStatus.toUpperCase(),
        AutoScalingGroupName: name,
      })),
      ...next,
    };
  },
};
