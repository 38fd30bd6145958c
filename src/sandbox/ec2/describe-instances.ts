import {
  DescribeInstances$,
  type DescribeInstancesRequest,
  type DescribeInstancesResult,
} from "@aws-sdk/client-ec2";
import { type Operation, ServiceError } from "../wire/operation.ts";
import { describeInstance } from "./describe-instance.ts";
import { applyFilters } from "./filter.ts";
import { INSTANCE_FILTERS } from "./instance-filters.ts";
import { page } from "./page.ts";
import { select } from "./select.ts";

/** DescribeInstances; every instance has a reservation of its own. */
export const describeInstances: Operation<DescribeInstancesRequest, DescribeInstancesResult> = {
  schema: DescribeInstances$,
  run(region, input) {
    checkPaging(input);
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

/** EC2's own rules for pages of instances, which its model does not state. */
function checkPaging({ MaxResults, InstanceIds }: DescribeInstancesRequest): void {
  if (MaxResults === undefined) return;
  if (InstanceIds !== undefined && InstanceIds.length > 0)
    throw new ServiceError(
      "InvalidParameterCombination",
      "The parameter instancesSet cannot be used with the parameter maxResults",
    );
  if (MaxResults < 5)
    throw new ServiceError(
      "InvalidParameterValue",
      `Value ( ${MaxResults} ) for parameter maxResults is invalid. Expecting a value greater than 5.`,
    );
}
