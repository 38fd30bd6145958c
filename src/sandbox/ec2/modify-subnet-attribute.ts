import { ModifySubnetAttribute$, type ModifySubnetAttributeRequest } from "@aws-sdk/client-ec2";
import { type Operation, ServiceError } from "../wire/operation.ts";
import { find } from "./select.ts";

/** ModifySubnetAttribute, of which MapPublicIpOnLaunch alone means something here. */
export const modifySubnetAttribute: Operation<ModifySubnetAttributeRequest, Record<string, never>> = {
  schema: ModifySubnetAttribute$,
  run({ ec2 }, input) {
    const subnet = find("subnet", ec2.subnets, input.SubnetId!);
    const asked = input.MapPublicIpOnLaunch?.Value;
    if (asked === undefined)
      throw new ServiceError(
        "UnsupportedOperation",
        "The sandbox changes no attribute of a subnet but MapPublicIpOnLaunch.",
      );
    subnet.mapPublicIpOnLaunch = asked;
    return {};
  },
};
