import type { FilterTable } from "./filter.ts";
import { describeState } from "./describe-instance.ts";
import type { Instance } from "./instance.ts";
import { publicAddress } from "./public-address.ts";

/** The filters that describe calls take for instances. */
export const INSTANCE_FILTERS: FilterTable<Instance> = {
  "instance-id": (one) => [one.instanceId],
  "instance-state-name": (one) => [one.state],
  "instance-state-code": (one) => [String(describeState(one.state).Code)],
  "instance-type": (one) => [one.instanceType],
  "image-id": (one) => [one.imageId],
  architecture: (one) => [one.architecture],
  "key-name": (one) => [one.keyName],
  "vpc-id": (one) => [one.vpcId],
  "subnet-id": (one) => [one.subnetId],
  "availability-zone": (one) => [one.availabilityZone],
  "private-ip-address": (one) => [one.privateIp],
  "private-dns-name": (one) => [one.privateDnsName],
  "ip-address": (one) => [publicAddress(one)],
  "instance.group-id": (one) => one.securityGroupIds,
  "network-interface.network-interface-id": (one) => [one.networkInterfaceId],
  "block-device-mapping.volume-id": (one) => [one.volumeId],
  "reservation-id": (one) => [one.reservationId],
  "iam-instance-profile.arn": (one) => [one.instanceProfileArn],
  "root-device-type": () => ["ebs"],
};
