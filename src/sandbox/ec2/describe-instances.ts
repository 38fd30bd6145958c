import {
  DescribeInstances$,
  type DescribeInstancesRequest,
  type DescribeInstancesResult,
} from "@aws-sdk/client-ec2";
import type { Operation } from "../wire/operation.ts";
import { describeInstance } from "./describe-instance.ts";
import { applyFilters } from "./filter.ts";
import { INSTANCE_FILTERS } from "./instance-filters.ts";
import { page } from "./page.ts";
import { select } from "./select.ts";

/** DescribeInstances; every instance has a reservation of its own. */
export const describeInstances: Operation<DescribeInstancesRequest, DescribeInstancesResult> = {
  schema: DescribeInstances$,
  run(region, input) {
    const asked = select("i", region.ec2.instances, input.InstanceIds);
    const { items, nextToken } = page(applyFilters(asked, input.Filters, INSTANCE_FILTERS), input);
    return {
      Reservations: items.map((instance) => ({
        ReservationId: instance.reservationId,
        OwnerId: region.accountId,
        Groups: [],
        Instances: [describeInstance(region, instance)],
      })),
      NextToken: nextToken,
    };
  },
};
