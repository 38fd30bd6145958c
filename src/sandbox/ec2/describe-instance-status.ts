import {
  DescribeInstanceStatus$,
  type DescribeInstanceStatusRequest,
  type DescribeInstanceStatusResult,
  type InstanceStatusSummary,
} from "@aws-sdk/client-ec2";
import type { Operation } from "../wire/operation.ts";
import { describeState } from "./describe-instance.ts";
import { applyFilters } from "./filter.ts";
import { INSTANCE_FILTERS } from "./instance-filters.ts";
import { page } from "./page.ts";
import { select } from "./select.ts";

/** DescribeInstanceStatus: running instances, or all of them; checks pass when the console would show a booted machine. */
export const describeInstanceStatus: Operation<DescribeInstanceStatusRequest, DescribeInstanceStatusResult> =
  {
    schema: DescribeInstanceStatus$,
    run(region, input) {
      const asked = select("i", region.ec2.instances, input.InstanceIds);
      const shown = asked.filter((one) => input.IncludeAllInstances === true || one.state === "running");
      const { items, nextToken } = page(applyFilters(shown, input.Filters, INSTANCE_FILTERS), input);
      return {
        InstanceStatuses: items.map((instance) => {
          const booted = (instance.runningSince ?? Infinity) + region.timings.console <= Date.now();
          const status: InstanceStatusSummary =
            instance.state === "running"
              ? {
                  Status: booted ? "ok" : "initializing",
                  Details: [{ Name: "reachability", Status: booted ? "passed" : "initializing" }],
                }
              : { Status: "not-applicable" };
          return {
            InstanceId: instance.instanceId,
            AvailabilityZone: instance.availabilityZone,
            InstanceState: describeState(instance.state),
            InstanceStatus: status,
            SystemStatus: status,
          };
        }),
        NextToken: nextToken,
      };
    },
  };
