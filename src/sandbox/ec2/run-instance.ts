import { setTimeout as sleep } from "node:timers/promises";
import { resourceId } from "../identifiers.ts";
import type { Region } from "../region.ts";
import { ServiceError } from "../wire/operation.ts";
import { changeState } from "./change-state.ts";
import type { Instance } from "./instance.ts";
import { findInstanceType } from "./instance-types.ts";
import { takeAddress } from "./network.ts";

/** What to launch. Ids must exist: EC2's own errors are thrown otherwise. */
export interface InstanceSpec {
  readonly instanceType: string;
  readonly subnetId: string;
  readonly securityGroupIds: readonly string[];
  readonly imageId?: string | undefined;
  readonly keyName?: string | undefined;
  readonly instanceProfileArn?: string | undefined;
  readonly rootVolumeSize?: number | undefined;
  readonly rootVolumeType?: string | undefined;
  /** Does it get a public address? As its subnet says, where this is absent. */
  readonly publicAddress?: boolean | undefined;
  readonly tags?: ReadonlyMap<string, string> | undefined;
}

/**
 * Registers a `pending` instance and boots it in the background; listeners of the EC2 state hear when it is `running`,
 * or `terminated` with a reason when it could not be launched.
 */
export function runInstance(region: Region, spec: InstanceSpec): Instance {
  const { ec2 } = region;
  const subnet = ec2.subnets.get(spec.subnetId);
  if (!subnet) {
    throw new ServiceError("InvalidSubnetID.NotFound", `The subnet ID '${spec.subnetId}' does not exist`);
  }
  for (const id of spec.securityGroupIds) {
    if (!ec2.securityGroups.has(id)) {
      throw new ServiceError("InvalidGroup.NotFound", `The security group '${id}' does not exist`);
    }
  }
  if (spec.keyName !== undefined && !ec2.keyPairs.has(spec.keyName)) {
    throw new ServiceError("InvalidKeyPair.NotFound", `The key pair '${spec.keyName}' does not exist`);
  }
  const type = findInstanceType(spec.instanceType);
  if (!type) {
    throw new ServiceError("InvalidParameterValue", `Invalid value '${spec.instanceType}' for InstanceType.`);
  }
  const privateIp = takeAddress(subnet);
  const dashed = privateIp.replaceAll(".", "-");
  const instance: Instance = {
    instanceId: resourceId("i"),
    reservationId: resourceId("r"),
    imageId:
      spec.imageId ?? (type.architecture === "arm64" ? "ami-0a64a64a64a64a640" : "ami-0a86a86a86a86a860"),
    instanceType: type.name,
    architecture: type.architecture,
    keyName: spec.keyName,
    vpcId: subnet.vpcId,
    subnetId: subnet.subnetId,
    availabilityZone: subnet.availabilityZone,
    privateIp,
    privateDnsName:
      ec2.regionName === "us-east-1"
        ? `ip-${dashed}.ec2.internal`
        : `ip-${dashed}.${ec2.regionName}.compute.internal`,
    isPublic: spec.publicAddress ?? subnet.mapPublicIpOnLaunch,
    networkInterfaceId: resourceId("eni"),
    volumeId: resourceId("vol"),
    rootVolumeSize: spec.rootVolumeSize ?? 8,
    rootVolumeType: spec.rootVolumeType ?? "gp3",
    instanceProfileArn: spec.instanceProfileArn,
    launchTime: new Date(),
    securityGroupIds: [...spec.securityGroupIds],
    tags: new Map(spec.tags),
    state: "pending",
    stateReason: undefined,
    host: undefined,
    runningSince: undefined,
    terminatedAt: undefined,
  };
  ec2.instances.set(instance.instanceId, instance);
  void boot(region, instance);
  return instance;
}

async function boot(region: Region, instance: Instance): Promise<void> {
  try {
    const [host] = await Promise.all([
      region.hosts.launch({
        instanceId: instance.instanceId,
        hostname: instance.privateDnsName,
        privateIp: instance.privateIp,
        availabilityZone: instance.availabilityZone,
        isPublic: instance.isPublic,
      }),
      sleep(region.timings.instance),
    ]);
    // It may have been terminated while it booted: then nobody else would end its processes.
    if (instance.state !== "pending") {
      await host.terminate();
      return;
    }
    instance.host = host;
    instance.runningSince = Date.now();
    changeState(region.ec2, instance, "running");
  } catch (error) {
    if (instance.state !== "pending") return;
    instance.stateReason = {
      code: "Server.InternalError",
      message: `Server.InternalError: Internal error on launch: ${error instanceof Error ? error.message : String(error)}`,
    };
    instance.terminatedAt = Date.now();
    changeState(region.ec2, instance, "terminated");
  }
}
